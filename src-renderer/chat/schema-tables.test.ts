import { expect, test } from 'vitest';
import { columnsUsed, readSchemaTables } from './schema-tables.ts';

test('reads one table per line with its keys', () => {
  expect(
    readSchemaTables('singer(singer_id int pk, name text)\nsong(song_id int pk, by int -> singer.singer_id)'),
  ).toEqual([
    {
      name: 'singer',
      columns: [
        { name: 'singer_id', type: 'int', primaryKey: true },
        { name: 'name', type: 'text', primaryKey: false },
      ],
    },
    {
      name: 'song',
      columns: [
        { name: 'song_id', type: 'int', primaryKey: true },
        { name: 'by', type: 'int', primaryKey: false, references: 'singer.singer_id' },
      ],
    },
  ]);
});

test('reads CREATE TABLE statements without their constraints', () => {
  const tables = readSchemaTables(
    'CREATE TABLE "song" (id INTEGER PRIMARY KEY, price DECIMAL(8,2), FOREIGN KEY (id) REFERENCES x(id));',
  );
  expect(tables).toEqual([
    {
      name: 'song',
      columns: [
        { name: 'id', type: 'INTEGER', primaryKey: true },
        { name: 'price', type: 'DECIMAL', primaryKey: false },
      ],
    },
  ]);
});

test('reads views, and names with blanks', () => {
  expect(readSchemaTables('CREATE VIEW income (total REAL);')).toMatchObject([{ name: 'income' }]);
  expect(readSchemaTables('"sold item"("paid on" date, seller int -> "our sellers"."seller id")')).toEqual([
    {
      name: 'sold item',
      columns: [
        { name: 'paid on', type: 'date', primaryKey: false },
        { name: 'seller', type: 'int', primaryKey: false, references: 'our sellers.seller id' },
      ],
    },
  ]);
});

// Regression: one statement besides the tables, and the chat said that the schema had 0 tables.
test('reads the tables of a dump with other statements between them', () => {
  const dump = `
    PRAGMA foreign_keys = OFF; BEGIN TRANSACTION;
    -- the people; (who pay)
    CREATE TABLE customers(id INTEGER PRIMARY KEY) STRICT;
    INSERT INTO customers VALUES (1, 'a;b');
    CREATE UNIQUE INDEX by_id ON customers (id);
    /* goods */ CREATE TABLE \`goods\` (id int) ENGINE=InnoDB DEFAULT CHARSET=utf8;
    CREATE VIEW rich AS SELECT sum(id) AS total FROM customers WHERE 'x;' <> ';';
    CREATE TRIGGER t AFTER INSERT ON customers BEGIN DELETE FROM goods; SELECT 1; END;
    CREATE VIEW few (n) AS SELECT count(*) FROM goods;
    CREATE TABLE begin_dates (day date) WITHOUT ROWID;
    COMMIT;`;
  expect(readSchemaTables(dump).map(({ name }) => name)).toEqual(['customers', 'goods', 'begin_dates']);
  expect(readSchemaTables('insert(id int)\ncommit (id int)\nstrict(a int)').map(({ name }) => name)).toEqual([
    'insert',
    'commit',
    'strict',
  ]);
});

test('accepts names in other scripts', () => {
  expect(readSchemaTables('가수(이름 text)')[0]?.columns[0]?.name).toBe('이름');
});

test('finds no tables in text that is not a schema', () => {
  expect(readSchemaTables('Tell me about singers (all of them)')).toEqual([]);
  expect(readSchemaTables('')).toEqual([]);
});

test('only columns of mentioned tables count as used', () => {
  const tables = readSchemaTables('singer(name text, age int)\nstadium(name text)');
  expect([...columnsUsed(tables, 'SELECT name FROM Singer')]).toEqual(['singer.name']);
});
