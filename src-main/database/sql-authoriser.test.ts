import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Authoriser, openAuthoriser } from './sql-authoriser.ts';

let authoriser: Authoriser;

beforeAll(() => {
  const database = new BetterSqlite3(':memory:');
  database.exec(
    'CREATE TABLE city (name TEXT, people INTEGER); CREATE VIEW big AS SELECT * FROM city WHERE people > 1000',
  );
  const opened = openAuthoriser(database.serialize());
  if (opened === undefined) throw new Error('this Node.js has no authoriser');
  authoriser = opened;
  database.close();
});
afterAll(() => authoriser.close());

test.each([
  'SELECT name, count(*) FROM city GROUP BY name',
  'SELECT * FROM big',
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) SELECT i FROM n',
  'SELECT name FROM city WHERE name = "Bonn"',
  "SELECT name FROM pragma_table_info('city')",
  "SELECT value FROM json_each('[1]')",
  'SELECT nothing FROM nowhere',
])('%s is allowed', (sql) => {
  expect(authoriser.refusalOf(sql)).toBeUndefined();
});

test.each([
  'DELETE FROM city',
  'WITH a AS (SELECT 1) DELETE FROM city',
  "INSERT INTO city VALUES ('x', 1) RETURNING name",
  'DROP TABLE city',
  'CREATE TEMP TABLE t AS SELECT 1',
  "ATTACH 'other.sqlite' AS other",
  'PRAGMA journal_mode = WAL',
  'BEGIN',
  'ANALYZE',
  "SELECT load_extension('x.so')",
  "SELECT fts3_tokenizer('simple')",
  'CREATE VIRTUAL TABLE v USING fts5(a)',
])('%s is refused', (sql) => {
  expect(authoriser.refusalOf(sql)?.because?.code).toMatch(/^SQL_/);
});

test('a refusal does not affect the next statement', () => {
  expect(authoriser.refusalOf('DROP TABLE city')).toBeDefined();
  expect(authoriser.refusalOf('SELECT 1')).toBeUndefined();
});
