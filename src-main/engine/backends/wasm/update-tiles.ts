import type { Tensor } from '../../tensor.ts';
import { groupPairs, pairOutputs, tileBytes, tileRanks } from './kernels/layout.ts';

/** Where the parts of a matrix lie, behind where it begins, and how large it may be. */
interface UpdateLayout {
  readonly pairs: number;
  /** For each pair of groups of columns, and behind the last one, how many tiles there are before it. */
  readonly firsts: number;
  /** For each tile, where in a row of what is multiplied by it its ranks begin, in bytes. */
  readonly ranksOf: number;
  /** [ranks of a tile, columns of a pair] each. */
  readonly tiles: number;
  readonly bytes: number;
}

const lineBytes = 64;

/** Of a matrix [ranks, columns] in tiles: pair by pair, and of each pair those of ranks that have other numbers than zeros there. */
export function updateLayout(ranks: number, columns: number): UpdateLayout {
  const pairs = groupPairs(columns);
  const most = pairs * Math.ceil(ranks / tileRanks);
  const ranksOf = 4 * (pairs + 1);
  const tiles = lineBytes * Math.ceil((ranksOf + 4 * most) / lineBytes);
  return { pairs, firsts: 0, ranksOf, tiles, bytes: tiles + most * tileBytes };
}

/** What tiles of matrices [.., ranks, columns] are written into: all of its bytes, as numbers of either kind. */
interface Into {
  readonly integers: Int32Array;
  readonly floats: Float32Array;
}

/** Lays matrices out, one behind the other. */
export function writeTiles({ dims, data }: Tensor, { integers, floats }: Into): void {
  const [ranks = 0, columns = 0] = dims.slice(-2);
  const { pairs, ranksOf, tiles, bytes } = updateLayout(ranks, columns);
  for (let from = 0, at = 0; from < data.length; from += ranks * columns, at += bytes / 4) {
    const bounds = boundsOf(data, { from, ranks, columns });
    let count = 0;
    for (let pair = 0; pair < pairs; pair++) {
      integers[at + pair] = count;
      const [first, end] = [pairOutputs * pair, Math.min(columns, pairOutputs * (pair + 1))];
      for (let rank = 0; rank < ranks; rank += tileRanks) {
        const rows = Math.min(tileRanks, ranks - rank);
        if (!isAnyWithin(bounds, { rank, rows, first, end })) continue;
        integers[at + ranksOf / 4 + count] = 4 * rank;
        const tile = at + (tiles + count * tileBytes) / 4;
        if (rows < tileRanks || end - first < pairOutputs) floats.fill(0, tile, tile + tileBytes / 4);
        for (let row = 0; row < rows; row++) {
          const into = tile + row * pairOutputs - first;
          const own = from + (rank + row) * columns;
          for (let column = first; column < end; column++) floats[into + column] = data[own + column] as number;
        }
        count++;
      }
    }
    integers[at + pairs] = count;
  }
}

/** Of each row, the first column that is not zero, and the one behind the last. */
function boundsOf(
  data: Tensor['data'],
  { from, ranks, columns }: { from: number; ranks: number; columns: number },
): Int32Array {
  const bounds = new Int32Array(2 * ranks);
  for (let rank = 0; rank < ranks; rank++) {
    const start = from + rank * columns;
    let [first, end] = [start, start + columns];
    while (first < end && data[first] === 0) first++;
    while (end > first && data[end - 1] === 0) end--;
    bounds.set([first - start, end - start], 2 * rank);
  }
  return bounds;
}

/** Whether any of some rows has numbers between columns. */
function isAnyWithin(
  bounds: Int32Array,
  { rank, rows, first, end }: { rank: number; rows: number; first: number; end: number },
): boolean {
  for (let row = rank; row < rank + rows; row++)
    if ((bounds[2 * row] as number) < end && (bounds[2 * row + 1] as number) > first) return true;
  return false;
}
