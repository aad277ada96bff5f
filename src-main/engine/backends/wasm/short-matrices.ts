import { elements } from '../../tensor.ts';
import { groupPairs, pairOutputs, tileBytes, tileRanks } from './kernels/layout.ts';
import type { Machine } from './machine.ts';
import { lineBytes } from './machine-run.ts';

// Adapters are stored as 16-bit integers, with a step for each row of A and of B: half of what floats take to read, and
// equal to some 10⁻⁵.

/** A layout for a matrix [rows, columns]. */
interface ShortMatrices<Layout extends { readonly bytes: number }> {
  /** Offsets of its parts in bytes, and its largest possible size. */
  layout(rows: number, columns: number): Layout;
  /** Stores a matrix, which may have fewer rows than stated: the rest is zeros. Throws CannotRun. */
  put(machine: Machine, matrix: Float32Array, place: MatrixPlace): void;
}

interface MatrixPlace {
  readonly rows: number;
  readonly columns: number;
  readonly into: number;
}

/** Numbers of a row that are read at a time. */
const shortsAtOnce = 16;

/** Whether a matrix with this many columns can be stored row by row; otherwise it stays in floats. */
export function isInShorts(columns: number | string | undefined): boolean {
  return typeof columns === 'number' && columns % shortsAtOnce === 0;
}

/** Row by row, followed by the rows' steps. */
export const shortRows: ShortMatrices<Record<'rowBytes' | 'steps' | 'bytes', number>> = {
  layout(rows, columns) {
    const rowBytes = 2 * columns;
    const steps = inLines(rows * rowBytes);
    return { rowBytes, steps, bytes: inLines(steps + 4 * rows) };
  },
  put(machine, matrix, { rows, columns, into }) {
    const { steps, bytes } = shortRows.layout(rows, columns);
    const count = matrix.length / columns;
    if (count < rows) machine.bytes(into, bytes).fill(0);
    withFloats(machine, [count, columns], (numbers, at) => {
      numbers.set(matrix);
      machine.runHere('shorten', [into, into + steps, at, count, columns]);
    });
  },
};

interface TilesLayout {
  /** Pairs of column groups. */
  readonly pairs: number;
  /** Of each row. */
  readonly steps: number;
  /** For each tile, the byte offset, within what it multiplies, of its rows' numbers. */
  readonly ranksOf: number;
  /** [ranks of a tile, columns of a pair] each. */
  readonly tiles: number;
  readonly bytes: number;
}

/**
 * In tiles: pair by pair, and for each pair the tiles of rows that are not all zero there. Begins with the number of
 * tiles before those of each pair, and after the last one.
 */
export const shortTiles: ShortMatrices<TilesLayout> = {
  layout(rows, columns) {
    const pairs = groupPairs(columns);
    const tiledRows = tileRanks * Math.ceil(rows / tileRanks);
    const most = (pairs * tiledRows) / tileRanks;
    const steps = inLines(4 * (pairs + 1));
    const ranksOf = steps + 4 * tiledRows;
    const tiles = inLines(ranksOf + 4 * most);
    return { pairs, steps, ranksOf, tiles, bytes: tiles + most * tileBytes };
  },
  put(machine, matrix, { rows, columns, into }) {
    const { pairs, steps, ranksOf, tiles } = shortTiles.layout(rows, columns);
    const tiled = [tileRanks * Math.ceil(rows / tileRanks), pairOutputs * pairs] as const;
    withFloats(machine, tiled, (numbers, at) => {
      numbers.fill(0);
      for (let row = 0; row * columns < matrix.length; row++)
        numbers.set(matrix.subarray(row * columns, (row + 1) * columns), row * tiled[1]);
      // A row takes half the space it took before, so it never overwrites rows yet to be read.
      machine.runHere('shorten', [at, into + steps, at, ...tiled]);
      machine.runHere('tile', [into, into + ranksOf, into + tiles, at, ...tiled]);
    });
  },
};

function withFloats(machine: Machine, dims: readonly number[], use: (numbers: Float32Array, at: number) => void): void {
  const at = machine.take(4 * elements(dims));
  use(machine.floats(at, elements(dims)), at);
  machine.give(at);
}

function inLines(bytes: number): number {
  return lineBytes * Math.ceil(bytes / lineBytes);
}
