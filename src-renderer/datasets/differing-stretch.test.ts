import { expect, test } from 'vitest';
import { differingStretch } from './differing-stretch.ts';

test('what differs is told apart from what is around it', () => {
  expect(differingStretch('The long river.', 'The short river.')).toEqual({
    ...{ head: 'The ', own: 'long', tail: ' river.' },
  });
  expect(differingStretch('same', 'same again')).toEqual({ head: 'same', own: '', tail: '' });
  expect(differingStretch('', 'all')).toEqual({ head: '', own: '', tail: '' });
});

test('only a few letters are shown around it', () => {
  const [before, after] = ['a'.repeat(41), 'b'.repeat(42)];
  expect(differingStretch(`${before}x${after}`, `${before}y${after}`)).toEqual({
    ...{ head: `…${'a'.repeat(40)}`, own: 'x', tail: `${'b'.repeat(40)}…` },
  });
});

// Regression: both emojis were torn apart into the half they share and the half that differs: “��”.
test.each([
  ['emojis with the same beginning', '😀', '😁'],
  ['emojis with the same end', '😀', '\ud83e\ude00'],
  ['syllables in single letters', '\u1112\u1161\u11ab', '\u1112\u1161\u11af'],
  ['a letter that gets an accent', 'e', 'e\u0301'],
])('a letter is whole: %s', (_, one, other) => {
  expect(differingStretch(`a ${one} b`, `a ${other} b`)).toEqual({ head: 'a ', own: one, tail: ' b' });
});
