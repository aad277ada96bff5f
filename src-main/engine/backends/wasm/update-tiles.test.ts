import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { float32 } from '../../tensor.ts';
import { pairOutputs, tileBytes, tileRanks } from './kernels/layout.ts';
import { Machine } from './machine.ts';
import { bytesInTiles, putTiles, updateLayout } from './update-tiles.ts';

const random = new Random(3, 1);
const machine = new Machine({ threads: 1 });

/** What tiles of one matrix hold, read as `addTimes` reads them; and how many there are. */
function readTiles(machine: Machine, { ranks, columns, at }: { ranks: number; columns: number; at: number }) {
  const { pairs, firsts, ranksOf, tiles, bytes } = updateLayout(ranks, columns);
  const [integers, floats] = [machine.integers(at, bytes / 4), machine.floats(at, bytes / 4)];
  const numbers = new Float32Array(ranks * columns);
  for (let pair = 0; pair < pairs; pair++)
    for (let tile = integers[firsts / 4 + pair] ?? 0; tile < (integers[firsts / 4 + pair + 1] ?? 0); tile++)
      for (let row = 0; row < tileRanks; row++)
        for (let column = 0; column < pairOutputs; column++) {
          const rank = (integers[ranksOf / 4 + tile] ?? 0) / 4 + row;
          const place = pair * pairOutputs + column;
          const value = floats[(tiles + tile * tileBytes) / 4 + row * pairOutputs + column] as number;
          if (rank < ranks && place < columns) numbers[rank * columns + place] = value;
          else expect(value).toBe(0);
        }
  return { numbers, count: integers[firsts / 4 + pairs] };
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
  const at = machine.take(bytesInTiles(matrices));
  machine.integers(at, bytesInTiles(matrices) / 4).fill(-1);
  putTiles(machine, matrices, at);
  const { bytes } = updateLayout(ranks, columns);
  for (const share of [0, 1]) {
    const { numbers, count } = readTiles(machine, { ranks, columns, at: at + share * bytes });
    expect(numbers).toEqual(matrices.data.subarray(share * ranks * columns, (share + 1) * ranks * columns));
    expect(count).toBe(Math.ceil(ranks / tileRanks) * Math.ceil(columns / pairOutputs));
  }
});

test('where ranks add nothing to columns there is no tile', () => {
  const [ranks, columns] = [8, 48];
  const matrix = float32([ranks, columns]);
  // The first four change the first sixteen columns and the next, the others the last sixteen.
  matrix.data.fill(1, 3 * columns + 15, 3 * columns + 17).fill(2, 7 * columns + 47, 8 * columns);
  const at = machine.take(bytesInTiles(matrix));
  putTiles(machine, matrix, at);
  expect([...machine.integers(at, 4)]).toEqual([0, 1, 2, 3]);
  expect(readTiles(machine, { ranks, columns, at }).numbers).toEqual(matrix.data);
});
