import { expect, test } from 'vitest';
import { firstNames } from './header-names.ts';
import { chooseLists } from './json-lists.ts';

// Regression: after one of 120 letters, none of the others was shown.
test('of names in a sentence the first are shown, each by its beginning', () => {
  expect(firstNames(['x'.repeat(200), 'y'])).toBe(`${'x'.repeat(59)}…, y`);
  expect(firstNames(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('a, b, c, d, e …');
});

// Regression: a key of a megabyte was sent as a whole.
test('a list of a JSON file whose name is long is told by the beginning of its name', () => {
  const lists = [
    { name: 'k'.repeat(1_000_000), values: 3 },
    { name: 'rows', values: 5 },
  ];
  const names = `${'k'.repeat(49)}… (3)`;
  expect(chooseLists(lists).reasons).toEqual([{ about: 'shape', code: 'LISTS_LEFT', data: { names } }]);
});
