import { expect, test } from 'vitest';
import { validationInterval } from './validation-interval.ts';

test('a run is measured about ten times where nothing is set', () => {
  expect(validationInterval(null, 100)).toBe(10);
  expect(validationInterval(null, 15)).toBe(2);
  expect(validationInterval(null, 3)).toBe(1);
});

test('an interval that is set is kept', () => {
  expect(validationInterval(40, 100)).toBe(40);
});
