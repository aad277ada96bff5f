import { expect, test } from 'vitest';
import { hasLearned, pairedInterval } from './paired-interval.ts';

// Differences −1, 0, … 1 times as many: the half-width is t · s ÷ √n, and t is read off.
const tOf = (n: number, chosenFrom = 1) => {
  const differences = Array.from({ length: n }, (_, i) => i);
  const middle = (n - 1) / 2;
  const deviation = Math.sqrt(differences.reduce((sum, d) => sum + (d - middle) ** 2, 0) / (n - 1));
  return ((pairedInterval(differences, { level: 1, chosenFrom }).high - middle) * Math.sqrt(n)) / deviation;
};

test('the interval is that of Student’s t: 4.303 for three seeds, 2.776 for five, as tables have it', () => {
  expect([3, 4, 5, 10, 61].map((n) => Number(tOf(n).toFixed(3)))).toEqual([4.303, 3.182, 2.776, 2.262, 2]);
});

test('one picked from five after seeing them needs the 99 % interval', () => {
  expect([3, 4, 10].map((n) => Number(tOf(n, 5).toFixed(3)))).toEqual([9.925, 5.841, 3.25]);
});

test('one or two differences get one per cent of the value in place of an interval', () => {
  expect(pairedInterval([0.5], { level: 2 })).toEqual({ mean: 0.5, low: 0.48, high: 0.52 });
  expect(pairedInterval([0.4, 0.6], { level: 2 })).toEqual({ mean: 0.5, low: 0.48, high: 0.52 });
});

test('a training has learned if it takes more than one per cent off the loss', () => {
  expect([1.97, 1.99, 2.4, Number.NaN].map((loss) => hasLearned(2, loss))).toEqual([true, false, false, false]);
});
