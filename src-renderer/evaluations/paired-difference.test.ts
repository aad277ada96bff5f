import { expect, test } from 'vitest';
import { pairedDifference } from './paired-difference.ts';

test('ten of twenty rows won gives one half, and the interval of a fair coin', () => {
  const ours = Array.from({ length: 20 }, (_, row) => row % 2);
  const theirs = Array.from({ length: 20 }, () => 0);
  const found = pairedDifference(ours, theirs);
  // s² = 20·0.25/19 = 0.26316, s/√20 = 0.11471, ·1.96 = 0.22482
  expect(found?.mean).toBeCloseTo(0.5, 12);
  expect(found?.low).toBeCloseTo(0.27518, 4);
  expect(found?.high).toBeCloseTo(0.72482, 4);
});

test('few rows, or rows that all agree, say nothing about the spread', () => {
  expect(pairedDifference([1, 0, 1], [0, 0, 0])).toBeUndefined();
  expect(pairedDifference(Array(30).fill(1), Array(30).fill(0))).toBeUndefined();
});
