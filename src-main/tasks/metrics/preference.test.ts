import { expect, test } from 'vitest';
import { signTest } from './paired-comparison.ts';
import { comparePreferences } from './preference.ts';

// Binomial sums over whole numbers and Wilson's formula, computed apart from this code.
test.each([
  [14, 3, '0.5897', '0.9381', true],
  [3, 14, '0.0619', '0.4103', true],
  [6, 0, '0.6097', '1.0000', true],
  [8, 8, '0.2800', '0.7200', false],
  [1100, 1000, '0.5024', '0.5451', true],
  [1050, 1000, '0.4906', '0.5338', false],
])('%i to %i: the share has Wilson’s interval', (one, other, low, high, sure) => {
  const found = comparePreferences(one, other);
  expect([found.low.toFixed(4), found.high.toFixed(4), found.sure]).toEqual([low, high, sure]);
});

test.each([
  [5, 0],
  [7, 1],
  // Wilson's interval begins at 0.5055, and the sign test gives 0.0596.
  [27, 14],
])('%i to %i could be chance although Wilson’s interval excludes one half', (one, other) => {
  expect(comparePreferences(one, other)).toMatchObject({ low: 0.5, sure: false });
  expect(comparePreferences(other, one)).toMatchObject({ high: 0.5, sure: false });
});

test('without any preference nothing is known', () => {
  expect(comparePreferences(0, 0)).toEqual({ one: 0, other: 0, low: 0, high: 1, sure: false });
});

test.each([
  [14, 3, 0.012725830078125],
  [27, 14, 0.05958388801809633],
  [0, 6, 0.03125],
  [8, 8, 1],
  // 2 to the power of 2100 is no number.
  [1100, 1000, 0.030720707864242296],
])('a sign test of %i against %i gives %f', (better, worse, probability) => {
  expect(signTest(better, worse)).toBeCloseTo(probability, 12);
});
