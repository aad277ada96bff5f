import { i32, type Local, type WasmFunction } from '../code.ts';

/** Numbers of a row that share a step, and that a product reads at a time; rows are padded to whole blocks. */
export const block = 64;

/** Outputs of a product whose numbers are interleaved, `bytesAtOnce` of each in turn: the lanes of two vectors. */
export const productGroup = 8;

/** Outputs of two groups; threads share work by such pairs. */
export const pairOutputs = 2 * productGroup;

/** Adapters are stored as 16-bit integers, reaching this far on either side of zero. */
export const shortReach = 32_767;

/** Rows of an adapter's B that are stored together, each over a pair of groups of outputs. */
export const tileRanks = 4;
export const tileBytes = 2 * tileRanks * pairOutputs;

/** Bytes of an output, and of a row, that one instruction multiplies and sums. */
export const bytesAtOnce = 4;

/** Contiguous bytes of a group, `bytesAtOnce` of each output. */
export const stepBytes = productGroup * bytesAtOnce;

/** Numbers of a row in a vector. */
export const atOnce = 16;

/** Rows are rounded to integers this far on either side of the midpoint: two products with 127 fit into 16 bits. */
export const reach = 63;

export const middle = reach + 1;

/**
 * Offsets, after a block of a row, of its multiple of the row's step: as a 32-bit number, as two 16-bit ones, and times
 * the midpoint.
 */
export const counts = { whole: 0, halves: 4, middles: 8 } as const;

/** A block of a row: its numbers, and its counts. */
export const rowBlockBytes = block + 16;

/** Queries of a prompt that form the lanes of adjacent vectors, and the bytes of a number of each. */
export const queryLanes = 16;
export const laneBytes = 4 * queryLanes;

/** Bytes of a row as written by `round`. */
export function roundedRowBytes(blocks: number): number {
  return rowBlockBytes * blocks;
}

/**
 * Bytes of a group of outputs: each one's block sums, as negated 16-bit numbers, padded to a whole step, then the
 * blocks of numbers.
 */
export function groupBytesOf(blocks: number): number {
  return stepBytes * Math.ceil(blocks / 2) + productGroup * block * blocks;
}

/** The same in a kernel, given the number of blocks: bytes of the sums, and of everything. */
export function groupSizesOf(f: WasmFunction, blocks: Local): readonly [sums: Local, all: Local] {
  const steps = i32.shiftRight(i32.add(blocks, 1), 1);
  const sums = f.let('i32', i32.multiply(steps, stepBytes));
  return [sums, f.let('i32', i32.add(sums, i32.multiply(blocks, productGroup * block)))];
}

/** The number of pairs of groups for this many outputs. */
export function groupPairs(outputs: number): number {
  return Math.ceil(outputs / pairOutputs);
}

/** The largest multiple of its row's step that a block may have, so that the sum of a row fits into 32 bits. */
export function mostSteps(blocks: number): number {
  return Math.max(1, Math.min(32, Math.floor(2 ** 31 / (reach * 127 * block * blocks))));
}
