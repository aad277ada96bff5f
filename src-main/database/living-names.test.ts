import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { LivingNames } from './living-names.ts';
import { openDatabase, type StudioDatabase } from './open.ts';

test('a chosen name is refused if it is taken, and one to be like another gets a number', () => {
  const [database] = opened();
  const names = namesIn(database);
  expect(names.give('rivers', insertInto(database))).toBe('rivers');
  expect(() => names.give('rivers', insertInto(database))).toThrow('there is already an adapter named “rivers”');
  expect(names.give({ like: 'rivers' }, insertInto(database))).toBe('rivers 2');
  database.exec("UPDATE dataset SET deleted_at = 1 WHERE name = 'rivers'");
  expect(names.give({ like: 'rivers' }, insertInto(database))).toBe('rivers');
});

// Regression: where two processes restored, renamed or imported at the same moment, both found a name free, and one of
// them met “UNIQUE constraint failed”.
test('nobody else takes a name between the look for it and the writing', () => {
  const [database, other] = opened();
  other.pragma('busy_timeout = 0');
  const given = namesIn(database).give({ like: 'rivers' }, (name) => {
    expect(() => insertInto(other)(name)).toThrow('database is locked');
    return insertInto(database)(name);
  });
  expect(given).toBe('rivers');
  expect(namesIn(other).give({ like: 'rivers' }, insertInto(other))).toBe('rivers 2');
});

/** One database, opened by two processes. */
function opened(): [StudioDatabase, StudioDatabase] {
  const folder = mkdtempSync(join(tmpdir(), 'studio-names-'));
  const open = () => openDatabase(join(folder, 'studio.sqlite'));
  const both: [StudioDatabase, StudioDatabase] = [open(), open()];
  onTestFinished(() => {
    for (const database of both) database.close();
    rmSync(folder, { recursive: true });
  });
  return both;
}

function namesIn(database: StudioDatabase): LivingNames {
  const taken = (name: string) =>
    new StudioError('OPTION_INVALID', { option: 'name', ...because('ADAPTER_NAME_TAKEN', { name }) });
  return new LivingNames(database, { table: 'dataset', taken });
}

/** Inserts a dataset of this name, and returns the name. */
function insertInto(database: StudioDatabase): (name: string) => string {
  return (name) => {
    database
      .prepare(
        `INSERT INTO dataset (id, name, task, version, state, rows, train_rows, validation_rows, test_rows, rejected, sha256,
           source_name, mapping, seed, has_database, created_at)
         VALUES (lower(hex(randomblob(10))), ?, 'custom', 1, 'ready', 0, 0, 0, 0, 0, '', '', '{}', 0, 0, 0)`,
      )
      .run(name);
    return name;
  };
}
