/** Numbers of a row that have a step in common, and that a product reads at a time; rows are padded to whole blocks. */
export const block = 64;

/** Outputs of a product whose numbers lie side by side, thirty-two of each in turn. */
export const productGroup = 4;

/** Numbers of a row in a vector. */
export const atOnce = 16;

/** Rows are rounded to whole numbers so far on either side of the middle: two products with 127 fit into 16 bits. */
export const reach = 63;

export const middle = reach + 1;

/** A block of a row: its numbers, and eight times by how many of the row's steps they count. */
export const rowBlockBytes = block + 16;

/** Queries of a stream whose weights a thread of an attention holds at a time. */
export const queriesAtOnce = 8;

/** Bytes of a row of blocks as `round` leaves it. */
export function roundedRowBytes(blocks: number): number {
  return rowBlockBytes * blocks + 16 * Math.ceil(blocks / 8);
}

/** Bytes of a group of outputs: whole blocks of numbers, then the sums of each block, in 16 bits: two of each output in turn, to whole fours. */
export function groupBytesOf(blocks: number): number {
  return productGroup * (block * blocks + 8 * Math.ceil(blocks / 4));
}

/** How many of its row's steps a block's may be at most, so that the sum of a row fits into 32 bits. */
export function mostSteps(blocks: number): number {
  return Math.max(1, Math.min(32, Math.floor(2 ** 31 / (reach * 127 * block * blocks))));
}
