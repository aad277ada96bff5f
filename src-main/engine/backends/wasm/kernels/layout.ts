import { type Code, i32, type Operand } from '../code.ts';

/** Numbers of a row that have a step in common, and that a product reads at a time; rows are padded to whole blocks. */
export const block = 64;

/** Outputs of a product whose numbers lie side by side, `bytesAtOnce` of each in turn: they are the lanes of two vectors. */
export const productGroup = 8;

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

/** Queries of a stream whose weights a thread of an attention holds at a time. */
export const queriesAtOnce = 8;

/** Queries of a prompt that are the lanes of vectors side by side, and the bytes of a number of each. */
export const queryLanes = 16;
export const laneBytes = 4 * queryLanes;

/** Bytes of the sums of a group's blocks, numbers of sixteen bits with their signs turned: those of each block side by side, up to a whole step. */
export function groupSumsBytes(blocks: Operand): Code {
  return i32.shiftLeft(i32.shiftRight(i32.add(blocks, 1), 1), Math.log2(stepBytes));
}

/** Bytes of a row as `round` leaves it. */
export function roundedRowBytes(blocks: number): number {
  return rowBlockBytes * blocks;
}

/** Bytes of a group of outputs: the sums of each one's blocks, then blocks of numbers. */
export function groupBytesOf(blocks: number): number {
  return stepBytes * Math.ceil(blocks / 2) + productGroup * block * blocks;
}

/** Groups go in pairs, which threads share: how many there are for so many outputs. */
export function groupPairs(outputs: number): number {
  return Math.ceil(outputs / (2 * productGroup));
}

/** How many of its row's steps a block's may be at most, so that the sum of a row fits into 32 bits. */
export function mostSteps(blocks: number): number {
  return Math.max(1, Math.min(32, Math.floor(2 ** 31 / (reach * 127 * block * blocks))));
}
