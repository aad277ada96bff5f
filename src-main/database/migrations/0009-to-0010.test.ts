import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing runs and evaluations are kept, with defaults in the new columns', () => {
  const database = new BetterSqlite3(':memory:');
  database.pragma('foreign_keys = ON');
  migrate(database, 'x', migrations.slice(0, 9));
  database.exec(`
    INSERT INTO base_model VALUES ('b', 'B', 'llama', 1, 1, 1, 1, 'F32', 'x', 'mit', 8, 9, '/b', 0, 0, 1, NULL);
    INSERT INTO job (id, kind, state, owner, created_at) VALUES ('r', 'run', 'stopped', 'o', 1), ('e', 'evaluation', 'finished', 'o', 2);
    INSERT INTO run (id, name, dataset_id, dataset_sha256, dataset_version, task, base_model_id, base_sha256, options)
      VALUES ('r', 'R', 'd', '', 1, 'mrc', 'b', 'x', '{}');
    INSERT INTO evaluation (id, dataset_id, base_model_id, adapter_ids, split, main_metric)
      VALUES ('e', 'd', 'b', '[]', 'test', 'exactMatch');
  `);

  migrate(database, 'x', migrations.slice(0, 10));

  expect(
    database
      .prepare('SELECT name, paused, deleted_at, machine, repeats, evaluate_after, seconds_before FROM run')
      .get(),
  ).toEqual({
    ...{ name: 'R', paused: 0, deleted_at: null, machine: null, repeats: null, evaluate_after: 0, seconds_before: 0 },
  });
  expect(database.prepare('SELECT comparisons, provenance, deleted_at FROM evaluation').get()).toEqual({
    ...{ comparisons: '[]', provenance: null, deleted_at: null },
  });
  expect(() => database.exec("UPDATE run SET paused = 2 WHERE id = 'r'")).toThrow(/CHECK/);
  database.close();
});
