import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import { writeSqliteFile } from '../../test/fixtures/sqlite-file.ts';
import { databasesFolder, forkSqlProcess, SqlRunner } from '../datasets/databases/attached-database.ts';
import { runnableQueries } from './runnable-queries.ts';

const datasetsFolder = mkdtempSync(join(tmpdir(), 'runnable-'));
const sql = new SqlRunner(() => forkSqlProcess());
const adapter = { task: 'nl2sql', datasetId: 'd' } as const;
const { signal } = new AbortController();

beforeAll(() => {
  const databases = databasesFolder(join(datasetsFolder, 'd'));
  mkdirSync(databases, { recursive: true });
  writeSqliteFile(join(databases, 'shop.sqlite'), 'CREATE TABLE seller (name TEXT);');
  writeSqliteFile(join(databases, 'zoo.sqlite'), 'CREATE TABLE animal (kind TEXT);');
});
afterAll(() => {
  sql.close();
  rmSync(datasetsFolder, { recursive: true });
});

test('a query is checked on the database whose schema was asked about', async () => {
  const inZoo = runnableQueries(adapter, { input: { schema: 'animal(kind text)' } }, parts());
  expect(await inZoo?.('SELECT kind FROM animal', signal)).toBe(true);
  expect(await inZoo?.('SELECT name FROM seller', signal)).toBe(false);
});

test('nothing is checked where there is no database to ask', () => {
  const zoo = { input: { schema: 'animal(kind text)' } };
  expect(runnableQueries(null, zoo, parts())).toBeUndefined();
  expect(runnableQueries({ task: 'custom', datasetId: 'd' }, zoo, parts())).toBeUndefined();
  expect(runnableQueries({ task: 'nl2sql', datasetId: 'deleted' }, zoo, parts())).toBeUndefined();
  expect(runnableQueries(adapter, zoo, parts({ hasDatabase: false }))).toBeUndefined();
  expect(runnableQueries(adapter, { input: { passage: 'A river.' } }, parts())).toBeUndefined();
  const damaged = () => {
    throw new Error('damaged');
  };
  const { datasets, ...rest } = parts();
  expect(runnableQueries(adapter, zoo, { datasets: { ...datasets, examples: damaged }, ...rest })).toBeUndefined();
  // A schema of one’s own describes neither of the two.
  expect(runnableQueries(adapter, { input: { schema: 'river(name text)' } }, parts())).toBeUndefined();
});

function parts({ hasDatabase = true } = {}) {
  const rows = [
    { context: 'Schema:\nseller(name text)\n\nQuestion: Who?', database: 'shop' },
    { context: 'Schema:\nanimal(kind text)\n\nQuestion: Which?', database: 'zoo' },
  ];
  // Sound: only these fields are read.
  const datasets = {
    list: () => [{ id: 'd', hasDatabase } as Dataset],
    *examples() {
      yield* rows as Example[];
    },
  };
  return { datasets, sql, datasetsFolder };
}
