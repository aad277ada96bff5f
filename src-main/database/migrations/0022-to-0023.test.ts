import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('runs that have finished are not evaluated again, and others still are', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 22));
  database.pragma('foreign_keys = OFF');
  for (const [id, state] of Object.entries({ a: 'finished', b: 'interrupted' })) {
    database
      .prepare("INSERT INTO job (id, kind, state, owner, place, created_at) VALUES (?, 'run', ?, 'x', 1, 1)")
      .run(id, state);
    database
      .prepare(
        `INSERT INTO run (id, name, dataset_id, dataset_sha256, dataset_version, task, base_model_id, base_sha256, options,
           evaluate_after)
         VALUES (?, 'R', 'd', 'd', 1, 'mrc', 'm', 'm', '{}', 1)`,
      )
      .run(id);
  }

  migrate(database, 'x', migrations.slice(0, 23));

  expect(database.prepare('SELECT id, evaluate_after FROM run ORDER BY id').raw().all()).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  database.close();
});
