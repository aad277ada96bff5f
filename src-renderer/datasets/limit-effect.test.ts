import { expect, test } from 'vitest';
import { barsOf, limitEffect } from './limit-effect.ts';

// Rows of context + target tokens: 4 + 2, 20 + 5, 3 + 30.
const lengths = {
  ...{ rows: 3, contextTokens: 27, targetTokens: 37, contextLength: 512 },
  contexts: [3, 4, 20].map((length) => ({ length, rows: 1 })),
  targets: [2, 5, 30].map((length) => ({ length, rows: 1 })),
  whole: [6, 25, 33].map((length) => ({ length, rows: 1 })),
  kept: [
    { length: 6, rows: 1, targetTokens: 2 },
    { length: 13, rows: 1, targetTokens: 5 },
    { length: 33, rows: 1, targetTokens: 30 },
  ],
};

test('counts the rows that a limit keeps whole, shortens or leaves out', () => {
  expect(limitEffect(lengths, 33)).toEqual({ whole: 3, cut: 0, leftOut: 0, tokens: 64, targetTokens: 37 });
  expect(limitEffect(lengths, 32)).toEqual({ whole: 2, cut: 0, leftOut: 1, tokens: 31, targetTokens: 7 });
  expect(limitEffect(lengths, 20)).toEqual({ whole: 1, cut: 1, leftOut: 1, tokens: 26, targetTokens: 7 });
  expect(limitEffect(lengths, 12)).toEqual({ whole: 1, cut: 0, leftOut: 2, tokens: 6, targetTokens: 2 });
});

test('bars have equal widths, and the last one includes everything longer', () => {
  expect(barsOf(lengths.targets, 10, 5)).toEqual([0, 1, 1, 0, 1]);
});
