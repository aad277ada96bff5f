import { expect, test } from 'vitest';
import { bestPairing } from './best-pairing.ts';

test('a row leaves the column that is worth most to it if all are worth more that way', () => {
  expect(bestPairing([])).toEqual([]);
  expect(bestPairing([[1, 3, 2]])).toEqual([1]);
  expect(
    bestPairing([
      [5, 4],
      [5, 0],
    ]),
  ).toEqual([1, 0]);
});

// All ways tried one by one are the independent answer.
test('no other pairing is worth more', () => {
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  for (let round = 0; round < 300; round++) {
    const columns = 1 + next(6);
    const worths = Array.from({ length: 1 + next(columns) }, () => Array.from({ length: columns }, () => next(5)));
    const paired = bestPairing(worths);
    expect(new Set(paired).size).toBe(worths.length);
    expect(worthOf(worths, paired)).toBe(
      Math.max(...allPairings(worths.length, columns).map((each) => worthOf(worths, each))),
    );
  }
});

function worthOf(worths: readonly (readonly number[])[], paired: readonly number[]): number {
  return worths.reduce((sum, line, row) => sum + (line[paired[row] ?? -1] ?? 0), 0);
}

function allPairings(rows: number, columns: number): number[][] {
  if (rows === 0) return [[]];
  return allPairings(rows - 1, columns).flatMap((taken) =>
    Array.from({ length: columns }, (_, column) => column)
      .filter((column) => !taken.includes(column))
      .map((column) => [...taken, column]),
  );
}
