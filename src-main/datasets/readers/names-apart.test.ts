import { expect, test } from 'vitest';
import { NamesApart } from './names-apart.ts';

test('equal names are numbered, past numbers that are names themselves', () => {
  const apart = new NamesApart();
  expect(['a', 'a 2', 'a', 'b', 'a'].map((name) => apart.add(name))).toEqual(['a', 'a 2', 'a 3', 'b', 'a 4']);
});

test('what equal names have in common is given', () => {
  const apart = new NamesApart((name) => name.toLowerCase());
  expect(['a', 'A', 'a'].map((name) => apart.add(name))).toEqual(['a', 'A 2', 'a 3']);
});

// Regression: a header of equal names held the whole studio, as each was counted from 2 again.
test('hundreds of thousands of equal names are numbered one after another', () => {
  const apart = new NamesApart();
  const names = Array.from({ length: 300_000 }, () => apart.add('a'));
  expect(names.at(-1)).toBe('a 300000');
});
