import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('runs get the name of their dataset and evaluations their task, where known', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 18));
  database.pragma('foreign_keys = OFF');
  const columns = database.pragma('table_info(dataset)') as { name: string; type: string; notnull: 0 | 1 }[];
  const needed = columns.filter(({ notnull, name }) => notnull === 1 || name === 'id').map(({ name }) => name);
  const values = needed.map((name) => ({ id: 'd', name: 'Rivers', task: 'nl2sql', state: 'ready' })[name] ?? 0);
  database
    .prepare(`INSERT INTO dataset (${needed.join(', ')}) VALUES (${needed.map(() => '?').join(', ')})`)
    .run(values);
  database.exec(`
    INSERT INTO run (id, name, dataset_id, dataset_sha256, dataset_version, task, base_model_id, base_sha256, options)
    VALUES ('r', 'law', 'd', 'd', 1, 'nl2sql', 'b', 'b', '{}'), ('s', 'sum', 'gone', 'd', 1, 'summarisation', 'b', 'b', '{}');
    INSERT INTO evaluation (id, dataset_id, base_model_id, adapter_ids, split, main_metric)
    VALUES ('e', 'd', 'b', '[]', 'test', 'x'), ('f', 'gone', 'b', '[]', 'test', 'x'), ('g', 'unknown', 'b', '[]', 'test', 'x');
  `);

  migrate(database, 'x', migrations.slice(0, 19));

  expect(database.prepare('SELECT id, dataset_name FROM run ORDER BY id').raw().all()).toEqual([
    ['r', 'Rivers'],
    ['s', null],
  ]);
  expect(database.prepare('SELECT id, task FROM evaluation ORDER BY id').raw().all()).toEqual([
    ['e', 'nl2sql'],
    ['f', 'summarisation'],
    ['g', null],
  ]);
  database.close();
});
