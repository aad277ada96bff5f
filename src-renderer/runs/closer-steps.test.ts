import { expect, test } from 'vitest';
import { closerSteps } from './closer-steps.ts';

// It used to be the later half of the axis, which is empty early in a run.
test('early in a run, zooms in on the later half of the steps so far', () => {
  expect(closerSteps({ min: 0, max: 300, lastStep: 40 })).toEqual([20, 40]);
});

test('each further zoom halves the range, down to two steps', () => {
  expect(closerSteps({ min: 0, max: 300, lastStep: 300 })).toEqual([150, 300]);
  expect(closerSteps({ min: 150, max: 300, lastStep: 300 })).toEqual([225, 300]);
  expect(closerSteps({ min: 298, max: 300, lastStep: 300 })).toEqual([298, 300]);
});

test('halves a range chosen by hand within its own bounds', () => {
  expect(closerSteps({ min: 100, max: 200, lastStep: 300 })).toEqual([150, 200]);
  expect(closerSteps({ min: 100, max: 200, lastStep: 50 })).toEqual([150, 200]);
});
