import { expect, test } from 'vitest';
import { sqlTokens } from './sql-tokens.ts';

test('quoted text is one token, and a final full stop is its own', () => {
  expect(sqlTokens("SELECT `a` FROM t WHERE b = 'Bonn am Rhein' .")).toEqual([
    ...['select', 'a', 'from', 't', 'where', 'b', '=', '"Bonn am Rhein"', '.'],
  ]);
});

// Regression: behind a full stop, each blank was tried as the first of those that end the query.
test('blanks behind a full stop are passed over in linear time', () => {
  expect(sqlTokens(`SELECT a. ${' '.repeat(2_000_000)}b`)).toEqual(['select', 'a.', 'b']);
});
