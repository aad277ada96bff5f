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

/**
 * Offsets, after a block of a row for a four-bit matrix, of its step, and of the sums of its halves as two 16-bit
 * numbers.
 */
export const countsForInt4 = { step: 0, sums: 4 } as const;

/** A block of a row: its numbers, and its counts. */
export const rowBlockBytes = block + 16;

/** Queries of a prompt that form the lanes of adjacent vectors, and the bytes of a number of each. */
export const queryLanes = 16;
export const laneBytes = 4 * queryLanes;

/** Bytes of a row as rounding writes them. */
export function roundedRowBytes(blocks: number): number {
  return rowBlockBytes * blocks;
}

/** How a group of a matrix is laid out: what is known about each block, padded to a whole step, then the blocks. */
export interface GroupLayout {
  /** Bytes of what is known about a block, for all outputs of a group. */
  readonly head: number;
  /** Bytes of a block, mostly numbers. */
  readonly numbers: number;
}

/** Each output's sum, as a negated 16-bit number; and a byte for each number. */
export const int8Groups: GroupLayout = { head: 2 * productGroup, numbers: productGroup * block };

/**
 * Ahead of a block's numbers: each output's multiples of its step for both halves of the block, 16-bit numbers, first
 * those of the scales and then those of the minima. Elsewhere, a single row would take twice as long: a processor sees
 * only so many lines of memory ahead.
 */
export const multiplesOfInt4 = 2 * stepBytes;

/** Half a byte for each number. */
export const int4Groups: GroupLayout = { head: 0, numbers: multiplesOfInt4 + (productGroup * block) / 2 };

/** Bytes of a group of outputs. */
export function groupBytesOf({ head, numbers }: GroupLayout, blocks: number): number {
  return stepBytes * Math.ceil((head * blocks) / stepBytes) + numbers * blocks;
}

/** The same in a kernel, given the number of blocks: bytes of what comes before the numbers, and of everything. */
export function groupSizesOf(
  f: WasmFunction,
  { head, numbers }: GroupLayout,
  blocks: Local,
): readonly [heads: Local, all: Local] {
  const padded = i32.add(i32.multiply(blocks, head), stepBytes - 1);
  const heads = f.let('i32', i32.and(padded, -stepBytes));
  return [heads, f.let('i32', i32.add(heads, i32.multiply(blocks, numbers)))];
}

/** The number of pairs of groups for this many outputs. */
export function groupPairs(outputs: number): number {
  return Math.ceil(outputs / pairOutputs);
}

/** The largest multiple of its row's step that a block may have, so that the sum of a row fits into 32 bits. */
export function mostSteps(blocks: number): number {
  return Math.max(1, Math.min(32, Math.floor(2 ** 31 / (reach * 127 * block * blocks))));
}
