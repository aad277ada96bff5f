import { i32, type Local, type WasmFunction } from '../code.ts';

/** Numbers of a row that have a step in common, and that a product reads at a time; rows are padded to whole blocks. */
export const block = 64;

/** Outputs of a product whose numbers lie side by side, `bytesAtOnce` of each in turn: they are the lanes of two vectors. */
export const productGroup = 8;

/** Outputs of two groups, which threads share by pairs. */
export const pairOutputs = 2 * productGroup;

/** What adapters have are whole numbers of 16 bits, so far on either side of zero. */
export const shortReach = 32_767;

/** Rows of what an adapter adds that lie side by side, of a pair of groups of outputs each. */
export const tileRanks = 4;
export const tileBytes = 2 * tileRanks * pairOutputs;

/** Bytes of an output, and of a row, that an instruction multiplies and adds up. */
export const bytesAtOnce = 4;

/** Bytes of a group that lie side by side, `bytesAtOnce` of each output. */
export const stepBytes = productGroup * bytesAtOnce;

/** Numbers of a row in a vector. */
export const atOnce = 16;

/** Rows are rounded to whole numbers so far on either side of the middle: two products with 127 fit into 16 bits. */
export const reach = 63;

export const middle = reach + 1;

/** Where behind a block of a row lies by how many of the row's steps its numbers count: as a number of 32 bits, as two of 16, and as often as the middle has them. */
export const counts = { whole: 0, halves: 4, middles: 8 } as const;

/** A block of a row: its numbers, and its counts. */
export const rowBlockBytes = block + 16;

/** Queries of a prompt that are the lanes of vectors side by side, and the bytes of a number of each. */
export const queryLanes = 16;
export const laneBytes = 4 * queryLanes;

/** Bytes of a row as `round` leaves it. */
export function roundedRowBytes(blocks: number): number {
  return rowBlockBytes * blocks;
}

/** Bytes of a group of outputs: the sums of each one's blocks, numbers of sixteen bits with their signs turned, up to a whole step, then blocks of numbers. */
export function groupBytesOf(blocks: number): number {
  return stepBytes * Math.ceil(blocks / 2) + productGroup * block * blocks;
}

/** The same in a kernel that is told the blocks: bytes of the sums, and of all. */
export function groupSizesOf(f: WasmFunction, blocks: Local): readonly [sums: Local, all: Local] {
  const steps = i32.shiftRight(i32.add(blocks, 1), 1);
  const sums = f.let('i32', i32.multiply(steps, stepBytes));
  return [sums, f.let('i32', i32.add(sums, i32.multiply(blocks, productGroup * block)))];
}

/** How many pairs of groups there are for so many outputs. */
export function groupPairs(outputs: number): number {
  return Math.ceil(outputs / pairOutputs);
}

/** How many of its row's steps a block's may be at most, so that the sum of a row fits into 32 bits. */
export function mostSteps(blocks: number): number {
  return Math.max(1, Math.min(32, Math.floor(2 ** 31 / (reach * 127 * block * blocks))));
}
