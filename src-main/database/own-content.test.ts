import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDerivedFile } from './derived-file.ts';
import { openDatabase } from './open.ts';
import { createRowsFile, openRowsFile } from './rows-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'own-content-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Changes a file as another program would. */
function alter(file: string, sql: string): void {
  const database = new BetterSqlite3(file);
  database.exec(sql);
  database.close();
}

const insertDataset = (id: string) =>
  `INSERT INTO dataset (id, name, task, version, state, rows, train_rows, validation_rows, test_rows, rejected, sha256,
     source_name, mapping, seed, has_database, owner, created_at, deleted_at)
   VALUES (${id}, 'A', 'custom', 1, 'ready', 0, 0, 0, 0, 0, '', 'a.csv', '{}', 0, 0, NULL, 1, 1)`;

// Regression: they ran with the studio's own statements, and what an id led to was removed at the start.
test.each([
  ['a trigger', 'CREATE TRIGGER mine AFTER INSERT ON setting BEGIN DELETE FROM dataset; END', 'mine'],
  [
    'a trigger under the name of an own one',
    `DROP TRIGGER message_text_insert;
     CREATE TRIGGER message_text_insert AFTER INSERT ON message BEGIN DELETE FROM dataset; END`,
    'message_text_insert',
  ],
  ['a view in place of a table', 'DROP TABLE setting; CREATE VIEW setting AS SELECT 1 AS name, 2 AS value', 'setting'],
  ['an id that leads out of the folder', insertDataset("'../../documents'"), '../../documents'],
  ['an id that is a folder itself', insertDataset("'..'"), '..'],
  ['an id that ends the text early', insertDataset("'a' || char(0) || '/../b'"), 'a\0/../b'],
  ['an empty id', insertDataset("''"), ''],
])('a database with %s is refused and left unchanged', (_, sql, part) => {
  const file = join(folder, 'studio.sqlite');
  openDatabase(file).close();
  alter(file, sql);
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'DATABASE_FOREIGN', data: { file, part } }));
  expect(existsSync(`${file}-journal`)).toBe(false);
});

// Regression: it was told as a bug in the program, with its stack.
test('a database with a mapping that cannot be read is damaged', () => {
  const file = join(folder, 'studio.sqlite');
  openDatabase(file).close();
  alter(file, `${insertDataset("'a'")}; UPDATE dataset SET mapping = '{"context":'`);
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'DATABASE_DAMAGED', data: { file } }));
});

test('a rows file with a trigger or a view is damaged', () => {
  for (const sql of [
    'CREATE TRIGGER mine AFTER INSERT ON note BEGIN DELETE FROM block; END',
    'DROP TABLE note; CREATE VIEW note AS SELECT 1',
  ]) {
    const file = join(folder, 'rows.sqlite');
    rmSync(file, { force: true });
    const rows = createRowsFile(file);
    rows.exec(`INSERT INTO version VALUES (1, 'import', '{}', 0, 0, 0, 0, '', '', '', 1, NULL, NULL, 1)`);
    rows.close();
    openRowsFile(file, { readonly: false }).close();
    alter(file, sql);
    expect(() => openRowsFile(file, { readonly: true })).toThrow(
      expect.objectContaining({ code: 'DATASET_FILE_DAMAGED' }),
    );
  }
});

test('a derived file with a trigger is made anew', () => {
  const file = join(folder, 'derived.sqlite');
  openDerivedFile(file).close();
  alter(file, 'CREATE TRIGGER mine AFTER INSERT ON letters BEGIN DELETE FROM indexed; END');
  const database = openDerivedFile(file);
  expect(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()).toEqual([]);
  database.close();
});

// Regression: the other database lost all its tables.
test('a link in place of a derived file is removed, and what it leads to is left alone', () => {
  const [file, other] = [join(folder, 'derived.sqlite'), join(folder, 'other.sqlite')];
  alter(other, 'CREATE TABLE kept (x)');
  symlinkSync(other, file);
  openDerivedFile(file).close();
  const kept = new BetterSqlite3(other);
  expect(kept.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['kept']);
  kept.close();
});

// Regression: the table's name was run as SQL.
test('a derived file of another shape may have a table of any name', () => {
  const file = join(folder, 'derived.sqlite');
  const other = join(folder, 'other.sqlite');
  alter(other, 'CREATE TABLE kept (x)');
  const name = `x"; COMMIT; ATTACH '${other}' AS o; DROP TABLE o.kept; BEGIN; --`;
  alter(file, `CREATE TABLE x (x); CREATE TABLE "${name.replaceAll('"', '""')}" (x)`);
  openDerivedFile(file).close();
  const kept = new BetterSqlite3(other);
  expect(kept.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['kept']);
  kept.close();
});
