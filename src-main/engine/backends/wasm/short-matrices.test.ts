import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { pairOutputs, shortReach, tileBytes, tileRanks } from './kernels/layout.ts';
import { Machine } from './machine.ts';
import { shortRows, shortTiles } from './short-matrices.ts';

const random = new Random(3, 1);
const machine = new Machine({ threads: 1 });

function shortsAt(at: number, count: number): Int16Array {
  const { buffer, byteOffset } = machine.bytes(at, 2 * count);
  return new Int16Array(buffer, byteOffset, count);
}

/** The rounded rows of a matrix: each has the step that its largest magnitude requires. */
function rounded(matrix: Float32Array, size: number): number[] {
  return Array.from({ length: matrix.length / size }, (_, row) => {
    const numbers = matrix.subarray(row * size, (row + 1) * size);
    const step = Math.max(...numbers.map(Math.abs)) / shortReach;
    return Array.from(numbers, (value) => (step === 0 ? 0 : Math.round(value / step) * step));
  }).flat();
}

function expectAll(numbers: readonly number[], expected: readonly number[]): void {
  expect(numbers).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  for (const [i, value] of expected.entries())
    expect(Math.abs((numbers[i] as number) - value)).toBeLessThan(4e-5 * largest);
}

/** The numbers of rows, times their steps. */
function readRows({ rows, size, at }: { rows: number; size: number; at: number }): number[] {
  const steps = machine.floats(at + shortRows.layout(rows, size).steps, rows);
  return Array.from(shortsAt(at, rows * size), (value, i) => value * (steps[Math.floor(i / size)] as number));
}

/** The contents of one matrix's tiles, read as `addTimes` does, and the number of tiles. */
function readTiles({ ranks, columns, at }: { ranks: number; columns: number; at: number }) {
  const { pairs, steps, ranksOf, tiles, bytes } = shortTiles.layout(ranks, columns);
  const integers = machine.integers(at, bytes / 4);
  const stepsOf = machine.floats(at + steps, ranks);
  const numbers = new Array<number>(ranks * columns).fill(0);
  for (let pair = 0; pair < pairs; pair++)
    for (let tile = integers[pair] ?? 0; tile < (integers[pair + 1] ?? 0); tile++)
      for (let row = 0; row < tileRanks; row++)
        for (let column = 0; column < pairOutputs; column++) {
          const rank = (integers[ranksOf / 4 + tile] ?? 0) / 4 + row;
          const place = pair * pairOutputs + column;
          const [value = 0] = shortsAt(at + tiles + tile * tileBytes + 2 * (row * pairOutputs + column), 1);
          if (rank < ranks && place < columns) numbers[rank * columns + place] = value * (stepsOf[rank] as number);
          else expect(value).toBe(0);
        }
  return { numbers, count: integers[pairs] };
}

/** Allocates memory for a matrix, filled with something else. */
function taken(bytes: number): number {
  const at = machine.take(bytes);
  machine.bytes(at, bytes).fill(0xff);
  return at;
}

test('a matrix is stored row by row, each rounded with its own step', () => {
  const [rows, size] = [6, 48];
  const matrix = Float32Array.from({ length: rows * size }, (_, i) => random.normal() * 10 ** Math.floor(i / size));
  const into = taken(shortRows.layout(rows, size).bytes);
  shortRows.put(machine, matrix, { rows, columns: size, into });
  const numbers = readRows({ rows, size, at: into });
  for (let row = 0; row < rows; row++) {
    const own = [row * size, (row + 1) * size] as const;
    expectAll(numbers.slice(...own), rounded(matrix.subarray(...own), size));
  }
});

test('missing rows and rows close to zero are stored as zeros', () => {
  const [rows, size] = [4, 16];
  const into = taken(shortRows.layout(rows, size).bytes);
  shortRows.put(machine, new Float32Array(2 * size).fill(1, 0, size).fill(1e-36, size), { rows, columns: size, into });
  const numbers = readRows({ rows, size, at: into });
  expectAll(numbers, [...new Array(size).fill(1), ...new Array(3 * size).fill(0)]);
  shortRows.put(machine, new Float32Array(), { rows, columns: size, into });
  expect(readRows({ rows, size, at: into })).toEqual(new Array(rows * size).fill(0));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a row with %d, and no other, is non-finite', (value) => {
  const [rows, size] = [2, 16];
  const into = taken(shortRows.layout(rows, size).bytes);
  shortRows.put(machine, new Float32Array(rows * size).fill(1).fill(value, 3, 4), { rows, columns: size, into });
  const [first, ...others] = [0, 1].map((row) =>
    readRows({ rows, size, at: into }).slice(row * size, (row + 1) * size),
  );
  expect(first?.every((each) => !Number.isFinite(each))).toBe(true);
  expectAll(others.flat(), new Array(size).fill(1));
});

test.each([
  [8, 48],
  [6, 40],
  [1, 5],
])('a matrix of %d ranks and %d columns is stored in tiles, whatever the memory held before', (ranks, columns) => {
  const matrix = Float32Array.from({ length: ranks * columns }, () => random.normal());
  const into = taken(shortTiles.layout(ranks, columns).bytes);
  shortTiles.put(machine, matrix, { rows: ranks, columns, into });
  const { numbers, count } = readTiles({ ranks, columns, at: into });
  expectAll(numbers, rounded(matrix, columns));
  expect(count).toBe(Math.ceil(ranks / tileRanks) * Math.ceil(columns / pairOutputs));
});

test('missing ranks are stored as zeros', () => {
  const [ranks, columns] = [8, 16];
  const into = taken(shortTiles.layout(ranks, columns).bytes);
  shortTiles.put(machine, new Float32Array(2 * columns).fill(3), { rows: ranks, columns, into });
  const { numbers, count } = readTiles({ ranks, columns, at: into });
  expectAll(numbers, [...new Array(2 * columns).fill(3), ...new Array(6 * columns).fill(0)]);
  expect(count).toBe(1);
});

test('a tile whose ranks add nothing to its columns is left out', () => {
  const [ranks, columns] = [8, 48];
  const matrix = new Float32Array(ranks * columns);
  // The first four ranks change the first sixteen columns and the next, the others the last sixteen.
  matrix.fill(1, 3 * columns + 15, 3 * columns + 17).fill(2, 7 * columns + 47, 8 * columns);
  const into = taken(shortTiles.layout(ranks, columns).bytes);
  shortTiles.put(machine, matrix, { rows: ranks, columns, into });
  expect([...machine.integers(into, 4)]).toEqual([0, 1, 2, 3]);
  expectAll(readTiles({ ranks, columns, at: into }).numbers, [...matrix]);
});
