import { expect, test } from 'vitest';
import { signedPoints } from './signed-points.ts';

test('a difference has its sign, and none where it rounds to nothing', () => {
  expect(signedPoints(0.124)).toBe('+12');
  expect(signedPoints(-0.035, 1)).toBe('−3.5');
  expect(signedPoints(-0.004)).toBe('0');
  expect(signedPoints(0.07, 1)).toBe('+7.0');
});
