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
