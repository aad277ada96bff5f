import { expect, test } from 'vitest';
import { fillSmallSplits, splitKey, splitOf } from './split.ts';

test('many rows fall about 80 to 10 to 10', () => {
  const counts = { train: 0, validation: 0, test: 0 };
  for (let row = 0; row < 10_000; row++) counts[splitOf(splitKey({ context: `row ${row}`, group: null }), 0)]++;
  // Three standard deviations of a binomial of 10,000 draws at 0.1 are 90.
  expect(Math.abs(counts.validation - 1000)).toBeLessThan(90);
  expect(Math.abs(counts.test - 1000)).toBeLessThan(90);
});

test('a row keeps its split whatever else is in the table, and another seed deals anew', () => {
  const splits = (seed: number) =>
    Array.from({ length: 50 }, (_, row) => splitOf(splitKey({ context: `row ${row}`, group: null }), seed));
  expect(splits(1)).toEqual(splits(1));
  expect(splits(1)).not.toEqual(splits(2));
});

test('rows of one group share a split, and so do rows with the same context', () => {
  expect(splitKey({ context: 'a', group: 'g' })).toBe(splitKey({ context: 'b', group: 'g' }));
  expect(splitKey({ context: 'a', group: null })).not.toBe(splitKey({ context: 'x', group: 'a' }));
});

test('an empty split gets the next units of train', () => {
  const units = [0.3, 0.9, 0.5, 0.4].map((chance) => ({ split: 'train' as const, rows: 5, chance }));
  expect(fillSmallSplits(units)).toEqual([
    { unit: units[0], split: 'validation' },
    { unit: units[3], split: 'test' },
  ]);
});

test('units that are too large for a small split stay, unless the split is empty', () => {
  const large = { split: 'train' as const, rows: 60, chance: 0.3 };
  const rest = { split: 'train' as const, rows: 38, chance: 0.8 };
  const scrap = { split: 'validation' as const, rows: 2, chance: 0.15 };
  expect(fillSmallSplits([large, rest, scrap])).toEqual([{ unit: rest, split: 'test' }]);
});

test('the last unit of train stays there', () => {
  expect(fillSmallSplits([{ split: 'train', rows: 3, chance: 0.5 }])).toEqual([]);
});
