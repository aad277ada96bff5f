import { expect, test } from 'vitest';
import { letterStart, shortened } from './shortened.ts';

test('a text that fits stays as it is; a longer one ends in “…” and fits', () => {
  expect(shortened('river', 5)).toBe('river');
  expect(shortened('rivers', 5)).toBe('rive…');
  expect(shortened('rivers', 0)).toBe('…');
});

// Regression: half of an emoji, another emoji or another syllable was left before the “…”.
test.each([
  ['an emoji', 'ab😀c', 'ab…'],
  ['a family joined of several', 'ab👩‍👩‍👧c', 'ab…'],
  ['a flag', 'ab🇰🇷c', 'ab…'],
  ['a syllable in single letters', 'ab\u1112\u1161\u11ab', 'ab…'],
  ['a letter with its accent', 'abe\u0301\u0323', 'ab…'],
])('%s is not cut in two', (_, text, cut) => {
  expect(shortened(text, 4)).toBe(cut);
});

test('a letter is found in a long text, too', () => {
  const text = `${'가'.repeat(5_000)}👩‍👩‍👧${'나'.repeat(5_000)}`;
  expect([4_999, 5_000, 5_001, 5_007, 5_008, 20_000].map((place) => letterStart(text, place))).toEqual([
    ...[4_999, 5_000, 5_000, 5_000, 5_008, 20_000],
  ]);
});

test('a single letter of any length is cut all the same', () => {
  expect(shortened(`e${'\u0301'.repeat(1_000)}`, 500).length).toBeLessThanOrEqual(500);
});
