import { expect, test } from 'vitest';
import { validationInterval } from './validation-interval.ts';

test('a run is validated about ten times by default', () => {
  expect(validationInterval(null, 100)).toBe(10);
  expect(validationInterval(null, 15)).toBe(2);
  expect(validationInterval(null, 3)).toBe(1);
});

test('an explicit interval is kept', () => {
  expect(validationInterval(40, 100)).toBe(40);
});
