import { expect, test } from 'vitest';
import { comparePaired } from './paired-comparison.ts';

const rows = (...counts: [better: number, worse: number, same: number]) =>
  counts.flatMap((count, kind) =>
    Array.from({ length: count }, () => ({ difference: [1, -1, 0][kind] as number, weight: 1 })),
  );

const marks = { seed: 1, bounded: true };

test('with many rows the interval is that of a normal distribution', async () => {
  // 260 better, 60 worse, 80 same of 400: mean 0.5, variance 0.8 − 0.25, so 1.96 · √(0.55 / 400) = 0.0727.
  const { difference, low, high, better, worse, same, sure } = await comparePaired(rows(260, 60, 80), marks);
  expect({ difference, better, worse, same, sure }).toEqual({
    difference: 0.5,
    better: 260,
    worse: 60,
    same: 80,
    sure: true,
  });
  // The ends of 10,000 draws scatter by about a hundredth of the half-width.
  expect(Math.abs(low - (0.5 - 0.0727))).toBeLessThan(0.006);
  expect(Math.abs(high - (0.5 + 0.0727))).toBeLessThan(0.006);
});

test('a difference that could be chance is not sure', async () => {
  expect((await comparePaired(rows(11, 9, 80), marks)).sure).toBe(false);
  const alike = await comparePaired(rows(0, 0, 30), marks);
  expect(alike).toMatchObject({ difference: 0, same: 30, sure: false });
  // Wilson's upper bound for none among 30.
  expect(alike.high).toBeCloseTo(0.1135, 4);
  expect(alike.low).toBe(-alike.high);
});

test('rows that all improved by the same still leave a margin', async () => {
  const { difference, low, high, sure } = await comparePaired(rows(25, 0, 0), marks);
  expect({ difference, high, sure }).toEqual({ difference: 1, high: 1, sure: true });
  expect(low).toBeLessThan(0.8);
});

test('with many ties the few rows that differ must agree, and the interval matches the verdict', async () => {
  // 5 better and none worse out of 100: the bootstrap excludes zero, the sign test does not.
  const open = await comparePaired(rows(5, 0, 95), marks);
  expect(open.sure).toBe(false);
  expect(open.low).toBeLessThanOrEqual(0);
  expect((await comparePaired(rows(6, 0, 94), marks)).sure).toBe(true);
});

test('no rows give no conclusion', async () => {
  expect(await comparePaired([], marks)).toEqual({
    ...{ difference: 0, low: -1, high: 1, better: 0, worse: 0, same: 0, sure: false },
  });
});

test('an unbounded loss that changed in no row has an interval of zero width', async () => {
  expect(await comparePaired(rows(0, 0, 30), { seed: 1, bounded: false })).toMatchObject({
    low: 0,
    high: 0,
    sure: false,
  });
});

test('five improved rows are not enough to be sure, six are', async () => {
  // Sign test: 2 / 2⁵ = 0.0625 and 2 / 2⁶ = 0.03125.
  expect((await comparePaired(rows(5, 0, 0), marks)).sure).toBe(false);
  expect((await comparePaired(rows(6, 0, 0), marks)).sure).toBe(true);
});

test('rows are weighted by tokens where sums over tokens are compared', async () => {
  const two = [
    { difference: 8, weight: 10 },
    { difference: 1, weight: 2 },
  ];
  expect((await comparePaired(two, { seed: 1, bounded: false })).difference).toBeCloseTo(9 / 12, 12);
});

test('the same seed gives the same interval', async () => {
  expect(await comparePaired(rows(9, 4, 20), { ...marks, seed: 7 })).toEqual(
    await comparePaired(rows(9, 4, 20), { ...marks, seed: 7 }),
  );
});
