import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RowStore } from '../../src-main/datasets/rows/row-store.ts';
import { DatasetFolder } from '../fixtures/dataset-folder.ts';

let given: DatasetFolder;
beforeEach(() => {
  given = new DatasetFolder();
});
afterEach(() => given.close());

/** The format of rows files before there were blocks: a record per row, and an index if rows have ids. */
function asBefore(file: string, rows: readonly { context: string; target: string; sourceId: string }[]): void {
  const database = new BetterSqlite3(file);
  const insert = database.prepare(
    'INSERT INTO example (number, line, context, target, source_id, warning) VALUES (?, ?, ?, ?, ?, ?)',
  );
  rows.forEach(({ context, target, sourceId }, number) => {
    insert.run(number, number + 2, context, target, sourceId, number === 1 ? 'ROW_NUL' : null);
  });
  database.exec('DROP TABLE block; DROP TABLE block_warning; DROP TABLE block_source_ids');
  database.pragma('user_version = 1');
  database.close();
}

test('rows files from before blocks are read, edited and hashed like those with blocks', async () => {
  const rows = ['a', 'b', 'c'].map((context, number) => ({ context, target: `${number}`, sourceId: `q${number}` }));
  const [older, newer] = [given.make(rows), given.make(rows)];
  expect(older.sha256).toBe(newer.sha256);
  given.store.close();
  asBefore(given.store.rowsFile(older.id), rows);

  const reading = new RowStore(given.store.rowsFile(older.id), { readonly: true });
  expect([...reading.examples(1)].map(({ context, warning }) => [context, warning])).toEqual([
    ['a', null],
    ['b', 'ROW_NUL'],
    ['c', null],
  ]);
  expect([...reading.warned()]).toEqual([1]);
  expect(reading.numberEnd()).toBe(3);
  expect(reading.contentBetween(1, 9).map(({ context }) => context)).toEqual(['b', 'c']);
  reading.close();

  for (const { id } of [older, newer]) {
    await given.changes.edit(id, { position: 1, content: { target: 'mended' } });
    expect(given.shown(id)).toEqual(['t a=0', 't b=mended', 't c=2']);
    expect(given.store.example(id, 'q1')).toMatchObject({ position: 1, target: 'mended' });
    expect(given.store.example(id, 'q2')).toMatchObject({ position: 2 });
    await given.changes.add(id, { content: { context: 'd', target: '3', group: null, database: null }, split: 'test' });
  }
  expect(given.store.get(older.id).sha256).toBe(given.store.get(newer.id).sha256);
  expect(given.store.get(older.id)).toMatchObject({ rows: 4, version: 3 });
});
