import { expect, test } from 'vitest';
import { asksForOrder, resultMatch } from './result-match.ts';

const free = { ordered: false };

test('without an order, the same rows in another order are the same result', () => {
  expect(
    resultMatch(
      [
        [1, 'a'],
        [2, 'b'],
      ],
      [
        [2, 'b'],
        [1, 'a'],
      ],
      free,
    ),
  ).toBe(true);
});

test('with an order, they are not', () => {
  expect(resultMatch([[1], [2]], [[2], [1]], { ordered: true })).toBe(false);
  expect(resultMatch([[2], [1]], [[2], [1]], { ordered: true })).toBe(true);
});

test('a row must come as often as in the other result', () => {
  expect(resultMatch([[1], [1], [2]], [[1], [2], [2]], free)).toBe(false);
  expect(resultMatch([[1]], [[1], [1]], free)).toBe(false);
});

test('columns must come in the same order and number', () => {
  expect(resultMatch([['a', 1]], [[1, 'a']], free)).toBe(false);
  expect(resultMatch([[1, 2]], [[1]], free)).toBe(false);
});

test('numbers may differ by rounding, also where rounding would tell them apart', () => {
  expect(resultMatch([[0.1 + 0.2]], [[0.3]], free)).toBe(true);
  expect(resultMatch([[1.0000005]], [[1.0000004999]], free)).toBe(true);
  expect(resultMatch([[1.0001]], [[1]], free)).toBe(false);
});

test('a number is not its text, and nothing is not an empty text', () => {
  expect(resultMatch([['1']], [[1]], free)).toBe(false);
  expect(resultMatch([[null]], [['']], free)).toBe(false);
  expect(resultMatch([[null]], [[null]], free)).toBe(true);
});

test('two empty results agree', () => {
  expect(resultMatch([], [], free)).toBe(true);
});

test.each([
  ['SELECT a FROM t ORDER BY a', true],
  ['select a from t order\n by a limit 1', true],
  ['SELECT a FROM (SELECT a FROM t ORDER BY a)', false],
  ["SELECT 'order by' FROM t", false],
  ['SELECT a, row_number() OVER (ORDER BY a) FROM t', false],
])('%s asks for an order: %s', (sql, ordered) => {
  expect(asksForOrder(sql)).toBe(ordered);
});
