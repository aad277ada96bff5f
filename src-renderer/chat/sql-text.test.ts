import { expect, test } from 'vitest';
import { layOutSql, sqlPieces } from './sql-text.ts';

test('distinguishes keywords from names and quoted text', () => {
  expect(sqlPieces("SELECT name FROM t WHERE c = 'from'")).toEqual([
    { text: 'SELECT', keyword: true },
    { text: ' name ', keyword: false },
    { text: 'FROM', keyword: true },
    { text: ' t ', keyword: false },
    { text: 'WHERE', keyword: true },
    { text: " c = 'from'", keyword: false },
  ]);
});

test('loses no character of a query, even with an unclosed quote', () => {
  for (const sql of ["SELECT 'a", 'SELECT `가수`.이름 FROM "x" -- ?', '']) {
    expect(
      sqlPieces(sql)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(sql);
  }
});

test('puts each clause on its own line, except inside brackets', () => {
  expect(layOutSql('SELECT a FROM t JOIN u ON t.x = u.x WHERE a IN (SELECT a FROM u) ORDER BY a LIMIT 1')).toBe(
    'SELECT a\nFROM t\nJOIN u ON t.x = u.x\nWHERE a IN (SELECT a FROM u)\nORDER BY a\nLIMIT 1',
  );
});

test('keeps the line breaks of a query that has some', () => {
  expect(layOutSql('SELECT a\nFROM t WHERE b')).toBe('SELECT a\nFROM t WHERE b');
});

test('lays out long runs of spaces in linear time', () => {
  const sql = `SELECT a${' '.repeat(500_000)}, b FROM t`;
  expect(layOutSql(sql)).toBe(sql.replace(' FROM', '\nFROM'));
});

// Regression: for each clause, the query was read once more from its beginning.
test('lays out a query of many clauses in linear time', () => {
  expect(layOutSql(`SELECT a${' FROM t'.repeat(500_000)}`)).toBe(`SELECT a${'\nFROM t'.repeat(500_000)}`);
});
