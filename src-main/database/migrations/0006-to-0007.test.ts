import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-0007-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('rows move to a file of their own, and a run pins the new hash of the same rows', () => {
  const database = new BetterSqlite3(join(folder, 'studio.sqlite'));
  database.pragma('foreign_keys = ON');
  migrate(database, 'x', migrations.slice(0, 6));
  database.exec(`
    INSERT INTO dataset (id, name, task, version, state, rows, train_rows, validation_rows, test_rows, rejected, sha256,
      source_name, mapping, seed, has_database, created_at)
    VALUES ('d', 'D', 'custom', 1, 'ready', 2, 1, 0, 1, 1, 'old', 'd.csv', '{}', 0, 0, 7),
      ('cut', 'C', 'custom', 1, 'importing', 0, 0, 0, 0, 0, '', 'c.csv', '{}', 0, 0, 8);
    INSERT INTO example (dataset_id, position, id, source_id, line, split, context, target, group_key, database_name)
    VALUES ('d', 0, 'r0', 's1', 2, 'train', 'one', '1', NULL, NULL), ('d', 1, 'r1', NULL, 3, 'test', 'two', '2', 'g', 'db');
    INSERT INTO rejection VALUES ('d', 0, 4, 'ROW_TARGET_EMPTY', 'It is empty.', '["a"]');
    INSERT INTO base_model VALUES ('b', 'B', 'llama', 1, 1, 1, 1, 'F32', 'x', 'mit', 8, 9, '/b', 0, 0, 1, NULL);
    INSERT INTO job (id, kind, state, owner, created_at) VALUES ('r', 'run', 'finished', 'o', 1);
    INSERT INTO run (id, name, dataset_id, dataset_sha256, dataset_version, task, base_model_id, base_sha256, options)
      VALUES ('r', 'R', 'd', 'old', 1, 'custom', 'b', 'x', '{}');
  `);

  migrate(database, 'x', migrations.slice(0, 7));

  // Computed independently of this code, from the text of docs/decisions/0009.
  const sha256 = '753b76c62b36b861968b48cdcf60600793b5c48489383e09569543657a3bfdd4';
  expect(database.prepare('SELECT dataset_sha256 FROM run').pluck().get()).toBe(sha256);
  expect(database.prepare("SELECT sha256 FROM dataset WHERE id = 'd'").pluck().get()).toBe(sha256);
  expect(database.prepare("SELECT 1 FROM sqlite_schema WHERE name IN ('example', 'rejection')").all()).toEqual([]);
  database.close();

  const rows = new BetterSqlite3(join(folder, 'datasets', 'd', 'rows.sqlite'), { readonly: true });
  expect(
    rows.prepare('SELECT number, context, target, group_key, database_name, source_id FROM example').all(),
  ).toEqual([
    { number: 0, context: 'one', target: '1', group_key: null, database_name: null, source_id: 's1' },
    { number: 1, context: 'two', target: '2', group_key: 'g', database_name: 'db', source_id: null },
  ]);
  expect(rows.prepare('SELECT rows, train_rows, test_rows, sha256 FROM version').all()).toEqual([
    { rows: 2, train_rows: 1, test_rows: 1, sha256 },
  ]);
  // Train is 1, test is 3: binary 01 and, two bits higher, 11.
  expect(rows.prepare<[], Buffer>('SELECT states FROM state_page').pluck().get()?.subarray(0, 2)).toEqual(
    Buffer.from([0b1101, 0]),
  );
  expect(rows.prepare('SELECT line, code, cells FROM rejection').all()).toEqual([
    { line: 4, code: 'ROW_TARGET_EMPTY', cells: '["a"]' },
  ]);
  rows.close();
});
