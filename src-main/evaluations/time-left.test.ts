import { expect, test } from 'vitest';
import { secondsLeft } from './time-left.ts';

// Regression: after the first of 228 answers 13 minutes were shown for what took half a minute.
test('reading the targets counts once for each remaining model', () => {
  const spent = { answers: 2, begun: 0, answering: 1, models: 1, reading: 6 };
  expect(secondsLeft(spent, { answers: 100, models: 2 })).toBe(50 + 12);
  expect(secondsLeft(spent, { answers: 100, models: 0 })).toBe(50);
});

test('answers under way count as half done', () => {
  const spent = { answers: 1, begun: 8, answering: 5, models: 1, reading: 0 };
  expect(secondsLeft(spent, { answers: 99, models: 0 })).toBe(95);
});
