import { expect, test } from 'vitest';
import { secondsLeft } from './time-left.ts';

// Regression: after the first of 228 answers 13 minutes were shown for what took half a minute.
test('reading the targets counts once for each remaining model', () => {
  const spent = { answers: 2, answering: 1, models: 1, reading: 6 };
  expect(secondsLeft(spent, { answers: 100, models: 2 })).toBe(50 + 12);
  expect(secondsLeft(spent, { answers: 100, models: 0 })).toBe(50);
});
