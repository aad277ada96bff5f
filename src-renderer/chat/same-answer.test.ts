import { expect, test } from 'vitest';
import { isSameAnswer } from './same-answer.ts';

test('ignores case, spaces and the full stop', () => {
  expect(isSameAnswer(' The  River.\n', 'the river', 'mrc')).toBe(true);
  expect(isSameAnswer('the rivers', 'the river', 'mrc')).toBe(false);
});

// An answer asking for another name was said to match its row.
test('compares values in a query case-sensitively', () => {
  const query = "SELECT id FROM people WHERE name = 'Bob'";
  expect(isSameAnswer(`${query} ;\n`, query, 'nl2sql')).toBe(true);
  expect(isSameAnswer(query.replace('Bob', 'BOB'), query, 'nl2sql')).toBe(false);
});
