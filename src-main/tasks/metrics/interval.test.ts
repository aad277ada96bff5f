import { expect, test } from 'vitest';
import {
  bootstrapInterval,
  constantInterval,
  meanInterval,
  shareDifferenceInterval,
  shareInterval,
} from './interval.ts';

const ends = ({ low, high }: { low: number; high: number }) => [low, high].map((end) => end.toFixed(4));

test.each([
  [81, 263, '0.2553', '0.3662'],
  [15, 148, '0.0624', '0.1605'],
  [0, 20, '0.0000', '0.1611'],
  [1, 29, '0.0061', '0.1718'],
])('the interval of %i right out of %i is the published one', (right, n, low, high) => {
  // Newcombe 1998, “Two-sided confidence intervals for the single proportion”, table I, method 3.
  expect(ends(shareInterval(right, n))).toEqual([low, high]);
});

test('none right and all right leave uncertainty, and mirror each other', async () => {
  expect(shareInterval(20, 20)).toEqual({ low: expect.closeTo(1 - 0.1611, 4), high: 1 });
  expect(ends(shareInterval(0, 1))).toEqual(['0.0000', '0.7935']);
  expect(shareInterval(0, 0)).toEqual({ low: 0, high: 1 });
});

test('the interval of a difference of two proportions follows the published formula', async () => {
  // Bentur et al. 2009 and Cavo et al. 2012, the examples of Fagerland et al. 2014, worked out by hand:
  // 2/23 − 8/23 ± 1.96 √((10/23 − 36/529) / 23) and 7/163 − 17/163 ± 1.96 √((24/163 − 100/26569) / 163).
  expect(ends(shareDifferenceInterval(1, 7, 21))).toEqual(['-0.5084', '-0.0134']);
  expect(ends(shareDifferenceInterval(6, 16, 161))).toEqual(['-0.1195', '-0.0032']);
});

test('rows with equal values leave room for unseen rows', async () => {
  // None of 54 pairs differs: ±0.0664 in Newcombe 1998, “Improved confidence intervals for the difference between
  // binomial proportions based on paired data”, table II, method 10.
  expect(ends(constantInterval(0, 54, { least: -1, most: 1 }))).toEqual(['-0.0664', '0.0664']);
  expect(ends(constantInterval(0.5, 20, { least: 0, most: 1 }))).toEqual(['0.4194', '0.5806']);
});

test('binary marks have the interval of a proportion, graded ones a bootstrap interval', async () => {
  expect(await meanInterval([...Array(19).fill(0), 1], { seed: 1 })).toEqual(shareInterval(1, 20));
  expect(await meanInterval(Array(20).fill(0.5), { seed: 1 })).toEqual(
    constantInterval(0.5, 20, { least: 0, most: 1 }),
  );
  const graded = await meanInterval([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], { seed: 1 });
  expect(graded.low).toBeGreaterThanOrEqual(0.1);
  expect(graded.high).toBeLessThanOrEqual(0.6);
});

test('with ten rows the interval covers the true mean more often than plain percentiles do', async () => {
  // A thousand sets of rows from a triangular distribution around 0. Plain percentiles cover it in some 900 of them,
  // these in some 930; the standard error of either count is 8 to 10.
  const chance = (set: number, row: number) =>
    fraction(set * 7919 + row * 104_729) - fraction(set * 6151 + row * 15_485);
  let held = 0;
  for (let set = 1; set <= 1000; set++) {
    const rows = Array.from({ length: 10 }, (_, row) => ({ value: chance(set, row + 1), weight: 1 }));
    const { low, high } = await bootstrapInterval(rows, { seed: set });
    if (low <= 0 && high >= 0) held++;
  }
  expect(held).toBeGreaterThan(915);
  expect(held).toBeLessThan(970);
});

/** A pseudo-random number from 0 to 1. */
function fraction(n: number): number {
  const value = Math.sin(n) * 43_758.5453;
  return value - Math.floor(value);
}

// Regression: the comparisons of four models by five measures stopped the studio for nearly a second.
test('while rows are drawn again and again, the event loop turns', async () => {
  let turns = 0;
  let turning = setImmediate(function turn() {
    turns++;
    turning = setImmediate(turn);
  });
  await bootstrapInterval(
    Array.from({ length: 1000 }, (_, row) => ({ value: row % 7, weight: 1 })),
    { seed: 1 },
  );
  clearImmediate(turning);
  expect(turns).toBeGreaterThan(10);
});
