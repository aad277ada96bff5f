import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { float32 } from '../../tensor.ts';
import { pairOutputs, tileBytes, tileRanks } from './kernels/layout.ts';
import { updateLayout, writeTiles } from './update-tiles.ts';

const random = new Random(3, 1);

/** What tiles of one matrix hold, read as `addTimes` reads them; and how many there are. */
function readTiles(integers: Int32Array, { ranks, columns, at }: { ranks: number; columns: number; at: number }) {
  const { pairs, firsts, ranksOf, tiles } = updateLayout(ranks, columns);
  const floats = new Float32Array(integers.buffer);
  const numbers = new Float32Array(ranks * columns);
  for (let pair = 0; pair < pairs; pair++)
    for (let tile = integers[at + firsts / 4 + pair] ?? 0; tile < (integers[at + firsts / 4 + pair + 1] ?? 0); tile++)
      for (let row = 0; row < tileRanks; row++)
        for (let column = 0; column < pairOutputs; column++) {
          const rank = (integers[at + ranksOf / 4 + tile] ?? 0) / 4 + row;
          const place = pair * pairOutputs + column;
          const value = floats[at + (tiles + tile * tileBytes) / 4 + row * pairOutputs + column] as number;
          if (rank < ranks && place < columns) numbers[rank * columns + place] = value;
          else expect(value).toBe(0);
        }
  return { numbers, count: integers[at + firsts / 4 + pairs] };
}

test.each([
  [8, 48],
  [6, 40],
  [1, 5],
])('matrices of %d ranks and %d columns are in their tiles, whatever lay there before', (ranks, columns) => {
  const matrices = float32(
    [2, ranks, columns],
    Float32Array.from({ length: 2 * ranks * columns }, () => random.normal()),
  );
  const { bytes } = updateLayout(ranks, columns);
  const integers = new Int32Array((2 * bytes) / 4).fill(-1);
  writeTiles(matrices, { integers, floats: new Float32Array(integers.buffer) });
  for (const share of [0, 1]) {
    const { numbers, count } = readTiles(integers, { ranks, columns, at: (share * bytes) / 4 });
    expect(numbers).toEqual(matrices.data.subarray(share * ranks * columns, (share + 1) * ranks * columns));
    expect(count).toBe(Math.ceil(ranks / tileRanks) * Math.ceil(columns / pairOutputs));
  }
});

test('where ranks add nothing to columns there is no tile', () => {
  const [ranks, columns] = [8, 48];
  const matrix = float32([ranks, columns]);
  // The first four change the first sixteen columns and the next, the others the last sixteen.
  matrix.data.fill(1, 3 * columns + 15, 3 * columns + 17).fill(2, 7 * columns + 47, 8 * columns);
  const integers = new Int32Array(updateLayout(ranks, columns).bytes / 4);
  writeTiles(matrix, { integers, floats: new Float32Array(integers.buffer) });
  expect([...integers.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
  expect(readTiles(integers, { ranks, columns, at: 0 }).numbers).toEqual(matrix.data);
});
