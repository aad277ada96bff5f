import { expect, test } from 'vitest';
import { signedPoints } from './signed-points.ts';

test('a difference is shown with its sign, or as plain 0 if it rounds to zero', () => {
  expect(signedPoints(0.124)).toBe('+12');
  expect(signedPoints(-0.035, 1)).toBe('−3.5');
  expect(signedPoints(-0.004)).toBe('0');
  expect(signedPoints(0.07, 1)).toBe('+7.0');
});
