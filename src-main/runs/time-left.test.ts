import { expect, test } from 'vitest';
import { secondsLeft } from './time-left.ts';

const pace = { totalSteps: 100, batchSize: 8, validationRows: 20, secondsPerStep: 1, validationEvery: null };

// Regression: after seven steps a run of five minutes showed 22 minutes left: eleven seconds at step 0 counted as two
// for every step.
test('a long first measurement counts once per measurement left, not per step', () => {
  expect(secondsLeft({ ...pace, step: 7, secondsPerMeasurement: 10 })).toBe(93 + 10 * 10);
});

test('past measurements do not count', () => {
  expect(secondsLeft({ ...pace, step: 95, secondsPerMeasurement: 10 })).toBe(5 + 10);
  expect(secondsLeft({ ...pace, step: 50, secondsPerMeasurement: 10, validationEvery: 40 })).toBe(50 + 2 * 10);
});

// Regression: “1 s left” was shown for as long as the last measurement took.
test('the measurement due after the current step still counts', () => {
  expect(secondsLeft({ ...pace, step: 100, secondsPerMeasurement: 10 })).toBe(10);
  expect(secondsLeft({ ...pace, step: 90, secondsPerMeasurement: 10 })).toBe(10 + 2 * 10);
});

test('without a measurement only the steps count', () => {
  expect(secondsLeft({ ...pace, step: 60, secondsPerMeasurement: undefined })).toBe(40);
});
