import { elements } from '../../tensor.ts';
import { groupPairs, pairOutputs, tileBytes, tileRanks } from './kernels/layout.ts';
import type { Machine } from './machine.ts';
import { lineBytes } from './machine-run.ts';

// What adapters have lies in whole numbers of 16 bits, each row of A and of B with a step of its own: half of what floats take to read, and to some 10⁻⁵ the same.

/** Numbers of a row that lie in whole vectors, however these are read. */
const shortsAtOnce = 16;

/** Whether a matrix of rows of so many numbers can be told in shorts; else it lies as floats. */
export function isInShorts(size: number | string | undefined): boolean {
  return typeof size === 'number' && size % shortsAtOnce === 0;
}

interface ShortRows {
  /** Bytes of a row; rows begin where the matrix does. */
  readonly row: number;
  /** Where the steps of rows lie, in bytes behind where the matrix begins. */
  readonly steps: number;
  readonly bytes: number;
}

/** Of a matrix [rows, size] row by row, its steps behind it. */
export function shortRows(rows: number, size: number): ShortRows {
  const row = 2 * size;
  const steps = inLines(rows * row);
  return { row, steps, bytes: inLines(steps + 4 * rows) };
}

/** Lays a matrix [rows, size] out row by row, of which there may be fewer than are told: the rest is zeros. Throws CannotRun. */
export function putShortRows(
  machine: Machine,
  matrix: Float32Array,
  { rows, size, into }: { rows: number; size: number; into: number },
): void {
  const { steps, bytes } = shortRows(rows, size);
  const count = matrix.length / size;
  if (count < rows) machine.bytes(into, bytes).fill(0);
  withFloats(machine, [count, size], (numbers, at) => {
    numbers.set(matrix);
    machine.runHere('shorten', [into, into + steps, at, count, size]);
  });
}

/** Where the parts of a matrix in tiles lie, in bytes behind where it begins, and how large it may be. */
interface ShortTiles {
  /** Of groups of columns. */
  readonly pairs: number;
  /** Of each rank. */
  readonly steps: number;
  /** For each tile, where in a row of what is multiplied by it its ranks begin, in bytes. */
  readonly ranksOf: number;
  /** [ranks of a tile, columns of a pair] each. */
  readonly tiles: number;
  readonly bytes: number;
}

/**
 * Of a matrix [ranks, columns] in tiles: pair by pair, and of each pair those of ranks that have other numbers than zeros there. It begins with how many tiles
 * there are before those of each pair, and behind the last one.
 */
export function shortTiles(ranks: number, columns: number): ShortTiles {
  const pairs = groupPairs(columns);
  const tiledRanks = tileRanks * Math.ceil(ranks / tileRanks);
  const most = (pairs * tiledRanks) / tileRanks;
  const steps = inLines(4 * (pairs + 1));
  const ranksOf = steps + 4 * tiledRanks;
  const tiles = inLines(ranksOf + 4 * most);
  return { pairs, steps, ranksOf, tiles, bytes: tiles + most * tileBytes };
}

/** Lays a matrix [ranks, columns] out in tiles, of which there may be fewer ranks than are told. Throws CannotRun. */
export function putShortTiles(
  machine: Machine,
  matrix: Float32Array,
  { ranks, columns, into }: { ranks: number; columns: number; into: number },
): void {
  const { pairs, steps, ranksOf, tiles } = shortTiles(ranks, columns);
  const tiled = [tileRanks * Math.ceil(ranks / tileRanks), pairOutputs * pairs] as const;
  withFloats(machine, tiled, (numbers, at) => {
    numbers.fill(0);
    for (let rank = 0; rank * columns < matrix.length; rank++)
      numbers.set(matrix.subarray(rank * columns, (rank + 1) * columns), rank * tiled[1]);
    // A row's numbers are half as long as they were, and so lie where they or those before them did.
    machine.runHere('shorten', [at, into + steps, at, ...tiled]);
    machine.runHere('tile', [into, into + ranksOf, into + tiles, at, ...tiled]);
  });
}

function withFloats(machine: Machine, dims: readonly number[], use: (numbers: Float32Array, at: number) => void): void {
  const at = machine.take(4 * elements(dims));
  use(machine.floats(at, elements(dims)), at);
  machine.give(at);
}

function inLines(bytes: number): number {
  return lineBytes * Math.ceil(bytes / lineBytes);
}
