import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cutOffChange } from '../../test/fixtures/cut-off-change.ts';
import { DatasetFolder } from '../../test/fixtures/dataset-folder.ts';
import { asRowsFault, openRowsFile } from './rows-file.ts';

let given: DatasetFolder;
let id: string;
let file: string;
beforeEach(() => {
  given = new DatasetFolder();
  id = given.make(Array.from({ length: 3000 }, (_, row) => ({ context: `question ${row}` }))).id;
  file = given.store.rowsFile(id);
});
afterEach(() => given.close());

const noise = Buffer.from(Array.from({ length: 8192 }, (_, place) => (place * 37) % 251));

function overwrite(place: number): void {
  const bytes = readFileSync(file);
  noise.copy(bytes, place);
  writeFileSync(file, bytes);
}

test.each<[string, string, () => void]>([
  ['was cut off', 'DATASET_FILE_DAMAGED', () => truncateSync(file, 5000)],
  ['has an overwritten beginning', 'DATASET_FILE_DAMAGED', () => overwrite(0)],
  ['was emptied', 'DATASET_FILE_DAMAGED', () => truncateSync(file, 0)],
  ['is missing', 'DATASET_FILE_MISSING', () => rmSync(file)],
  ['was written by a newer studio', 'DATASET_FILE_TOO_NEW', () => setVersion(99)],
])('a rows file that %s is reported by its own code, with its dataset', (_, code, damage) => {
  damage();
  for (const readonly of [true, false]) {
    expect(() => openRowsFile(file, { readonly })).toThrow(
      expect.objectContaining({ code, data: expect.objectContaining({ dataset: id, file }) }),
    );
  }
});

test('a corruption error is attributed to a rows file only if that file is damaged', () => {
  const met = new BetterSqlite3.SqliteError('database disk image is malformed', 'SQLITE_CORRUPT');
  expect(asRowsFault(file, met)).toBe(met);
  overwrite(8192 * 2);
  expect(asRowsFault(file, met)).toMatchObject({ code: 'DATASET_FILE_DAMAGED', data: { dataset: id } });
  const other = new Error('another');
  expect(asRowsFault(file, other)).toBe(other);
});

// Regression: it could not be read again, by anybody, until something was changed in it.
test('a rows file whose first change was cut off is as it was before, also for who only reads it', () => {
  cutOffChange(file);
  const database = openRowsFile(file, { readonly: true });
  expect(database.pragma('quick_check', { simple: true })).toBe('ok');
  expect(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined();
  database.close();
});

function setVersion(version: number): void {
  const database = new BetterSqlite3(file);
  database.pragma(`user_version = ${version}`);
  database.close();
}
