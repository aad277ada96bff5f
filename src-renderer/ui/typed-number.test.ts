import { expect, test } from 'vitest';
import { typedNumber } from './typed-number.ts';

test('an empty box is no number, and a wrong one is told apart from it', () => {
  expect(typedNumber(' ')).toBeUndefined();
  expect(typedNumber('12')).toBe(12);
  expect(['0', '-1', '1.5', 'ten'].map((text) => typedNumber(text))).toEqual([null, null, null, null]);
  expect([typedNumber('2048', 2048), typedNumber('2049', 2048)]).toEqual([2048, null]);
});
