import { type Code, i32, type Operand } from '../code.ts';

/** Numbers of a row that have a step in common, and that a product reads at a time; rows are padded to whole blocks. */
export const block = 64;

/** Outputs of a product whose numbers lie side by side, thirty-two of each in turn. */
export const productGroup = 4;

/**
 * The order in which kernels read what memory has, as bits. `apart`: in two places by turns, which are groups of a product's outputs or an attention's keys. `ahead`:
 * while rows are multiplied by a pair of groups, the next one is looked at, a line for each block.
 */
export const orderBits = { apart: 1, ahead: 2 } as const;

/** Numbers of a row in a vector. */
export const atOnce = 16;

/** Rows are rounded to whole numbers so far on either side of the middle: two products with 127 fit into 16 bits. */
export const reach = 63;

export const middle = reach + 1;

/** A block of a row: its numbers, and eight times by how many of the row's steps they count. */
export const rowBlockBytes = block + 16;

/** Queries of a stream whose weights a thread of an attention holds at a time. */
export const queriesAtOnce = 8;

/** Queries of a prompt that are the lanes of vectors side by side, and the bytes of a number of each. */
export const queryLanes = 16;
export const laneBytes = 4 * queryLanes;

/** Bytes of a number of sixteen bits for each block, up to whole sixteens: what a row's blocks count by, and what an output's sum to. */
export function blockSumsBytes(blocks: Operand): Code {
  return i32.and(i32.shiftLeft(i32.add(blocks, 15), 1), -32);
}

/** The same of a number that is known. */
function knownSumsBytes(blocks: number): number {
  return 32 * Math.ceil(blocks / 16);
}

/** Bytes of a row as `round` leaves it: by how much each block counts for each of the middle that is to be taken off, then the blocks. */
export function roundedRowBytes(blocks: number): number {
  return knownSumsBytes(blocks) + rowBlockBytes * blocks;
}

/** Bytes of a group of outputs: the sums of each one's blocks, sixteen of each output in turn, then blocks of numbers. */
export function groupBytesOf(blocks: number): number {
  return productGroup * (knownSumsBytes(blocks) + block * blocks);
}

/** How many of its row's steps a block's may be at most, so that the sum of a row fits into 32 bits. */
export function mostSteps(blocks: number): number {
  return Math.max(1, Math.min(32, Math.floor(2 ** 31 / (reach * 127 * block * blocks))));
}
