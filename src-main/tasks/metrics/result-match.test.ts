import { expect, test } from 'vitest';
import { asksForOrder, readyToCompare, resultMatch } from './result-match.ts';

const free = { ordered: false };

test('row order is ignored unless the results are ordered', () => {
  const [one, two] = [[1, 'a'] as const, [2, 'b'] as const];
  expect(resultMatch([one, two], [two, one], free)).toBe(true);
  expect(resultMatch([one, two], [two, one], { ordered: true })).toBe(false);
  expect(resultMatch([one, two], [one, two], { ordered: true })).toBe(true);
});

test('a row must occur equally often in both results', () => {
  expect(resultMatch([[1], [1], [2]], [[1], [2], [2]], free)).toBe(false);
  expect(resultMatch([[1]], [[1], [1]], free)).toBe(false);
});

test('columns may be reordered, but the same way in all rows', () => {
  expect(resultMatch([['a', 1]], [[1, 'a']], free)).toBe(true);
  expect(
    resultMatch(
      [
        [1, 2],
        [4, 3],
      ],
      [
        [2, 1],
        [4, 3],
      ],
      free,
    ),
  ).toBe(false);
  expect(resultMatch([[1, 2]], [[1]], free)).toBe(false);
});

test('a number differs from its text, and NULL from an empty text', () => {
  expect(resultMatch([['1']], [[1]], free)).toBe(false);
  expect(resultMatch([[null]], [['']], free)).toBe(false);
  expect(resultMatch([[null]], [[null]], free)).toBe(true);
});

test('two empty results agree', () => {
  expect(resultMatch([], [], free)).toBe(true);
});

test('not every order of many alike columns is tried', () => {
  const rows = (turn: number) =>
    Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 }, (_, j) => (i * turn + j) % 10));
  expect(resultMatch(rows(1), rows(3), { ordered: true })).toBe(false);
});

test('the order counts wherever the target says ORDER BY', () => {
  expect(asksForOrder('select a from t Order By a')).toBe(true);
  expect(asksForOrder('SELECT a FROM t')).toBe(false);
});

test('DISTINCT is removed, except within strings and names', () => {
  expect(readyToCompare(`SELECT DISTINCT a, 'distinct', "distinct" FROM t WHERE a > = 1`)).toBe(
    `SELECT  a, 'distinct', "distinct" FROM t WHERE a >= 1`,
  );
});

// Regression: from each bracket or comment that opens, the rest was looked through for its end.
test.each(['[', '/* '])('a query that only opens %s is made ready in linear time', (sign) => {
  expect(readyToCompare(sign.repeat(2_000_000))).toBe(sign.repeat(2_000_000));
});
