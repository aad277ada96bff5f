import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('the losses of runs move to a column of their own', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 20));
  database.pragma('foreign_keys = OFF');
  const insert = database.prepare(
    `INSERT INTO run (id, name, dataset_id, dataset_sha256, dataset_version, task, base_model_id, base_sha256, options, result)
     VALUES (?, 'r', 'd', 'x', 1, 'mrc', 'b', 'x', '{}', ?)`,
  );
  insert.run('ended', '{"steps":2,"losses":[2.5,null],"early":false}');
  insert.run('failed', null);

  migrate(database, 'x', migrations.slice(0, 21));

  expect(database.prepare('SELECT id, result, losses FROM run ORDER BY id').raw().all()).toEqual([
    ['ended', '{"steps":2,"early":false}', '[2.5,null]'],
    ['failed', null, null],
  ]);
  database.close();
});
