import { elements } from '../../tensor.ts';
import { groupPairs, pairOutputs, tileBytes, tileRanks } from './kernels/layout.ts';
import type { Machine } from './machine.ts';
import { lineBytes } from './machine-run.ts';

/** Where the parts of a matrix in tiles lie, in bytes behind where it begins, and how large it may be. */
interface UpdateLayout {
  /** Of groups of columns. */
  readonly pairs: number;
  /** For each pair, and behind the last one, how many tiles there are before it. */
  readonly firsts: number;
  /** For each tile, where in a row of what is multiplied by it its ranks begin, in bytes. */
  readonly ranksOf: number;
  /** [ranks of a tile, columns of a pair] each. */
  readonly tiles: number;
  readonly bytes: number;
}

/** Of a matrix [ranks, columns] in tiles: pair by pair, and of each pair those of ranks that have other numbers than zeros there. */
export function updateLayout(ranks: number, columns: number): UpdateLayout {
  const pairs = groupPairs(columns);
  const most = pairs * Math.ceil(ranks / tileRanks);
  const ranksOf = 4 * (pairs + 1);
  const tiles = lineBytes * Math.ceil((ranksOf + 4 * most) / lineBytes);
  return { pairs, firsts: 0, ranksOf, tiles, bytes: tiles + most * tileBytes };
}

/** Lays a matrix [ranks, columns] out in tiles, of which there may be fewer ranks than are told. Throws CannotRun. */
export function putTiles(
  machine: Machine,
  matrix: Float32Array,
  { ranks, columns, into }: { ranks: number; columns: number; into: number },
): void {
  const { pairs, firsts, ranksOf, tiles } = updateLayout(ranks, columns);
  const tiled = [tileRanks * Math.ceil(ranks / tileRanks), pairOutputs * pairs] as const;
  const whole = machine.take(4 * elements(tiled));
  const numbers = machine.floats(whole, elements(tiled)).fill(0);
  for (let rank = 0; rank * columns < matrix.length; rank++)
    numbers.set(matrix.subarray(rank * columns, (rank + 1) * columns), rank * tiled[1]);
  machine.runHere('tile', [into + firsts, into + ranksOf, into + tiles, whole, ...tiled]);
  machine.give(whole);
}
