import { expect, test } from 'vitest';
import { sqlMatch } from './sql-match.ts';

test.each([
  ["select count(*) from  city where name='Bonn' ;", "SELECT COUNT( * ) FROM `city` WHERE name = 'Bonn'"],
  ['SELECT a<>b FROM t', 'SELECT a != b FROM [t]'],
  ['SELECT "Bonn"', "SELECT 'Bonn'"],
  ['SELECT 1 -- one', 'SELECT 1'],
])('%s is the same text as %s', (answer, target) => {
  expect(sqlMatch(answer, target)).toBe(1);
});

test.each([
  ["SELECT 'bonn'", "SELECT 'Bonn'"],
  ['SELECT ab', 'SELECT a b'],
  ['SELECT a FROM t', 'SELECT b FROM t'],
  ['SELECT 1.5', 'SELECT 15'],
])('%s is not the same text as %s', (answer, target) => {
  expect(sqlMatch(answer, target)).toBe(0);
});

test('a comment that is left open ends the query, and a name that is left open is no other one', () => {
  expect(sqlMatch('SELECT a /* b', 'SELECT a')).toBe(1);
  // SQLite refuses a comment of nothing at the very end.
  expect(sqlMatch('SELECT a /*', 'SELECT a')).toBe(0);
  expect(sqlMatch('SELECT [a', 'SELECT [b')).toBe(0);
  expect(sqlMatch('SELECT [a', 'select [A')).toBe(1);
});

// Regression: from each bracket or comment that opens, the rest was looked through for its end.
test.each(['[', '/* '])('a query that only opens %s is compared in linear time', (sign) => {
  expect(sqlMatch(sign.repeat(2_000_000), 'SELECT 1')).toBe(0);
});
