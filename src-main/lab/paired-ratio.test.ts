import { expect, test } from 'vitest';
import { pairedRatio, uncertainty } from './paired-ratio.ts';

test('the ratio is the median of the per-round ratios', () => {
  // 1.1, 2, 1.2: a disturbed round counts as one, however badly it was disturbed.
  expect(pairedRatio([110, 200, 1200], [100, 100, 1000]).ratio).toBeCloseTo(1.2, 12);
  expect(pairedRatio([110, 130], [100, 100]).ratio).toBeCloseTo(1.2, 12);
});

test('the interval is that of the ranks: of 100 rounds, the 40th and the 61st', () => {
  const times = Array.from({ length: 100 }, (_, i) => 100 + i);
  const { low, high } = pairedRatio(
    times,
    times.map(() => 100),
  );
  expect([low, high]).toEqual([1.39, 1.6]);
});

test('for equal times the interval holds 1 nineteen times in twenty, however noisy the machine', () => {
  let seed = 1;
  const uniform = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  // Whole rounds are slow together, and single passes are delayed now and then.
  const pass = (mood: number) => mood * (1 + 0.02 * uniform()) * (uniform() < 0.1 ? 3 : 1);
  let holds = 0;
  for (let experiment = 0; experiment < 400; experiment++) {
    const moods = Array.from({ length: 60 }, () => 50 + 200 * uniform());
    const ratio = pairedRatio(moods.map(pass), moods.map(pass));
    if (ratio.low <= 1 && 1 <= ratio.high) holds++;
    expect(uncertainty(ratio)).toBeLessThan(0.02);
  }
  expect(holds / 400).toBeGreaterThan(0.92);
});

// Regression: the range of three rounds, which misses the median one time in four, was given as a 95 % interval; so were
// the second and seventh of eight.
test('the interval holds at least 95 %: from six rounds on their range, from nine on less', () => {
  const rangeOf = (rounds: number) => {
    const times = Array.from({ length: rounds }, (_, i) => i + 1);
    const { low, high } = pairedRatio(
      times,
      times.map(() => 1),
    );
    return [low, high];
  };
  expect([3, 5].map(rangeOf)).toEqual([
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  ]);
  expect([6, 8, 9].map(rangeOf)).toEqual([
    [1, 6],
    [1, 8],
    [2, 8],
  ]);
  expect(rangeOf(20_000)).toEqual([9_861, 10_140]);
});
