import { expect, test } from 'vitest';
import { letterOf } from './letter-of.ts';

test.each([
  ['g', 'KeyG', 'g'],
  ['Z', 'KeyZ', 'z'],
  // Another Latin layout has its letters elsewhere: what it writes is meant.
  ['z', 'KeyY', 'z'],
  ['é', 'Digit2', 'é'],
  ['ㅎ', 'KeyG', 'g'],
  ['ㅋ', 'KeyZ', 'z'],
  ['я', 'KeyZ', 'z'],
  ['1', 'Digit1', '1'],
  ['Enter', 'Enter', 'enter'],
])('%s on %s is %s', (key, code, letter) => {
  expect(letterOf({ key, code })).toBe(letter);
});
