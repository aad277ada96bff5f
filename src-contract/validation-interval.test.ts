import { expect, test } from 'vitest';
import { validationInterval } from './validation-interval.ts';

const run = { validationEvery: null, totalSteps: 100, batchSize: 8, validationRows: 4 };

test('a run is measured ten times by default', () => {
  expect(validationInterval(run)).toBe(10);
  expect(validationInterval({ ...run, totalSteps: 15 })).toBe(2);
  expect(validationInterval({ ...run, totalSteps: 3 })).toBe(1);
  expect(validationInterval({ ...run, validationRows: 0 })).toBe(10);
  expect(validationInterval({ ...run, totalSteps: 1000, validationRows: 200 })).toBe(100);
});

// Regression: of a quick run of 100 steps, measuring 200 rows ten times took as long as training.
test('measuring takes at most a quarter of what training takes', () => {
  // 34 steps train 272 rows; 200 rows forward only are as much as 67.
  expect(validationInterval({ ...run, validationRows: 200 })).toBe(34);
  expect(validationInterval({ ...run, validationRows: 84 })).toBe(14);
  expect(validationInterval({ ...run, validationRows: 200, batchSize: 16 })).toBe(17);
});

test('a short run is measured three times, whatever that takes', () => {
  expect(validationInterval({ ...run, totalSteps: 30, validationRows: 200 })).toBe(10);
});

test('an explicit interval is kept', () => {
  expect(validationInterval({ ...run, validationEvery: 40, validationRows: 200 })).toBe(40);
});
