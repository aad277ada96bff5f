import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { pairOutputs, tileBytes, tileRanks } from './kernels/layout.ts';
import { Machine } from './machine.ts';
import { putTiles, updateLayout } from './update-tiles.ts';

const random = new Random(3, 1);
const machine = new Machine({ threads: 1 });

/** What tiles of one matrix hold, read as `addTimes` reads them; and how many there are. */
function readTiles({ ranks, columns, at }: { ranks: number; columns: number; at: number }) {
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
])('a matrix of %d ranks and %d columns is in its tiles, whatever lay there before', (ranks, columns) => {
  const matrix = Float32Array.from({ length: ranks * columns }, () => random.normal());
  const { bytes } = updateLayout(ranks, columns);
  const into = machine.take(bytes);
  machine.integers(into, bytes / 4).fill(-1);
  putTiles(machine, matrix, { ranks, columns, into });
  const { numbers, count } = readTiles({ ranks, columns, at: into });
  expect(numbers).toEqual(matrix);
  expect(count).toBe(Math.ceil(ranks / tileRanks) * Math.ceil(columns / pairOutputs));
});

test('ranks that a matrix lacks are zeros', () => {
  const [ranks, columns] = [8, 16];
  const into = machine.take(updateLayout(ranks, columns).bytes);
  putTiles(machine, new Float32Array(2 * columns).fill(3), { ranks, columns, into });
  const { numbers, count } = readTiles({ ranks, columns, at: into });
  expect([...numbers]).toEqual([...new Array(2 * columns).fill(3), ...new Array(6 * columns).fill(0)]);
  expect(count).toBe(1);
});

test('where ranks add nothing to columns there is no tile', () => {
  const [ranks, columns] = [8, 48];
  const matrix = new Float32Array(ranks * columns);
  // The first four change the first sixteen columns and the next, the others the last sixteen.
  matrix.fill(1, 3 * columns + 15, 3 * columns + 17).fill(2, 7 * columns + 47, 8 * columns);
  const into = machine.take(updateLayout(ranks, columns).bytes);
  putTiles(machine, matrix, { ranks, columns, into });
  expect([...machine.integers(into, 4)]).toEqual([0, 1, 2, 3]);
  expect(readTiles({ ranks, columns, at: into }).numbers).toEqual(matrix);
});
