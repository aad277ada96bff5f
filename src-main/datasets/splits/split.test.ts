import { expect, test } from 'vitest';
import { dealUnits, splitKey, splitOf } from './split.ts';

test('many rows are split about 80:10:10', () => {
  const counts = { train: 0, validation: 0, test: 0 };
  for (let row = 0; row < 10_000; row++) counts[splitOf(splitKey({ context: `row ${row}`, group: null }), 0)]++;
  // Three standard deviations of a binomial with 10,000 draws at 0.1 are 90.
  expect(Math.abs(counts.validation - 1000)).toBeLessThan(90);
  expect(Math.abs(counts.test - 1000)).toBeLessThan(90);
});

test('the split of a row depends only on the row and the seed', () => {
  const splits = (seed: number) =>
    Array.from({ length: 50 }, (_, row) => splitOf(splitKey({ context: `row ${row}`, group: null }), seed));
  expect(splits(1)).toEqual(splits(1));
  expect(splits(1)).not.toEqual(splits(2));
});

test('rows of one group share a split, and so do rows with the same context', () => {
  expect(splitKey({ context: 'a', group: 'g' })).toBe(splitKey({ context: 'b', group: 'g' }));
  expect(splitKey({ context: 'a', group: null })).not.toBe(splitKey({ context: 'x', group: 'a' }));
});

test('each split of a small table gets rows, in the order of the random numbers', () => {
  const units = [0.3, 0.9, 0.5, 0.4].map((chance) => ({ rows: 5, chance }));
  expect([...dealUnits(units).values()]).toEqual(['validation', 'train', 'train', 'test']);
});

test('a group too large for a split stays in train', () => {
  const sizes = [50, 4, 3, 3, 6, 4, 30];
  const units = sizes.map((rows, place) => ({ rows, chance: place / 10 }));
  expect([...dealUnits(units).values()]).toEqual([
    'train',
    'validation',
    'validation',
    'validation',
    'test',
    'test',
    'train',
  ]);
});

test('if nothing fits, the smallest unit is taken', () => {
  const units = [60, 38, 2].map((rows, place) => ({ rows, chance: place / 10 }));
  expect([...dealUnits(units).values()]).toEqual(['train', 'test', 'validation']);
});

test('train keeps the last unit, and validation gets the second', () => {
  expect([...dealUnits([{ rows: 3, chance: 0.5 }]).values()]).toEqual(['train']);
  expect([
    ...dealUnits([
      { rows: 3, chance: 0.5 },
      { rows: 2, chance: 0.1 },
    ]).values(),
  ]).toEqual(['train', 'validation']);
});
