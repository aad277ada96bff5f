import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';
import { openDatabase } from './open.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-database-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a new file has the newest schema, WAL mode, full syncing and foreign keys', () => {
  const database = openDatabase(join(folder, 'studio.sqlite'));
  expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
  expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
  database.close();
});

test('every table is strict', () => {
  const database = openDatabase(':memory:');
  const loose = database
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  expect(loose).toEqual([]);
  database.close();
});

test('reopening a file keeps its rows', () => {
  const file = join(folder, 'studio.sqlite');
  const first = openDatabase(file);
  first.exec(
    `INSERT INTO dataset (id, name, task, version, state, rows, train_rows, validation_rows, test_rows, rejected, sha256,
       source_name, mapping, seed, has_database, owner, created_at)
     VALUES ('a', 'A', 'custom', 1, 'ready', 0, 0, 0, 0, 0, '', 'a.csv', '{}', 0, 0, '', 1)`,
  );
  first.close();
  const second = openDatabase(file);
  expect(second.prepare('SELECT name FROM dataset').all()).toEqual([{ name: 'A' }]);
  second.close();
});

test('a file of a newer studio is refused and left unchanged', () => {
  const file = join(folder, 'studio.sqlite');
  const newer = new BetterSqlite3(file);
  newer.pragma('user_version = 9999');
  newer.close();
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'DATABASE_TOO_NEW' }));
  const again = new BetterSqlite3(file);
  expect(again.pragma('user_version', { simple: true })).toBe(9999);
  again.close();
});

// Regression: each was reported as an internal error, with a stack.
test('a file that is not a database is reported as damaged and left unchanged', () => {
  const file = join(folder, 'studio.sqlite');
  const text = 'This is not a database any more. '.repeat(50);
  writeFileSync(file, text);
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'DATABASE_DAMAGED', data: { file } }));
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a path that cannot be opened as a file is reported as forbidden', () => {
  const file = join(folder, 'studio.sqlite');
  mkdirSync(file);
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'DATABASE_FORBIDDEN', data: { file } }));
});

test('a read-only file is reported as forbidden', ({ skip }) => {
  if (process.getuid?.() === 0) skip('root may write everything');
  const file = join(folder, 'studio.sqlite');
  openDatabase(file).close();
  chmodSync(file, 0o444);
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'DATABASE_FORBIDDEN', data: { file } }));
});

test('a failed migration leaves the previous schema', () => {
  const database = new BetterSqlite3(':memory:');
  const broken = [
    { version: 1, name: 'good', up: (db: BetterSqlite3.Database) => void db.exec('CREATE TABLE a (b TEXT) STRICT') },
    { version: 2, name: 'bad', up: (db: BetterSqlite3.Database) => void db.exec('CREATE TABLE nonsense') },
  ];
  expect(() => migrate(database, 'x', broken)).toThrow();
  expect(database.pragma('user_version', { simple: true })).toBe(0);
  expect(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 0 });
  database.close();
});

test('dataset names are unique, not counting deleted datasets', () => {
  const database = openDatabase(':memory:');
  const insert = database.prepare(
    `INSERT INTO dataset (id, name, task, version, state, rows, train_rows, validation_rows, test_rows, rejected, sha256,
       source_name, mapping, seed, has_database, owner, created_at, deleted_at)
     VALUES (?, 'same', 'custom', 1, 'ready', 0, 0, 0, 0, 0, '', 'a.csv', '{}', 0, 0, '', 1, ?)`,
  );
  insert.run('a', 5);
  insert.run('b', null);
  expect(() => insert.run('c', null)).toThrow(/UNIQUE/);
  database.close();
});
