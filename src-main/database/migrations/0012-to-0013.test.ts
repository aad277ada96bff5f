import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing jobs keep their order', () => {
  const database = new BetterSqlite3(':memory:');
  database.pragma('foreign_keys = ON');
  migrate(database, 'x', migrations.slice(0, 12));
  database.exec(`
    INSERT INTO base_model (id, name, architecture, parameters, layers, hidden, vocabulary, dtype, sha256, licence,
        context_length, size_bytes, path, built_in, has_chat_template, created_at)
      VALUES ('b', 'B', 'llama', 1, 1, 1, 1, 'F32', 'x', 'mit', 8, 9, '/b', 0, 0, 1);
    INSERT INTO job (id, kind, state, owner, created_at)
      VALUES ('z', 'run', 'finished', 'o', 1), ('y', 'run', 'queued', 'o', 2), ('a', 'evaluation', 'queued', 'o', 3);
    INSERT INTO evaluation (id, dataset_id, base_model_id, adapter_ids, split, main_metric)
      VALUES ('a', 'd', 'b', '[]', 'test', 'exactMatch');
  `);

  migrate(database, 'x', migrations.slice(0, 13));

  expect(database.prepare('SELECT id, place FROM job ORDER BY place').all()).toEqual([
    { id: 'z', place: 1 },
    { id: 'y', place: 2 },
    { id: 'a', place: 3 },
  ]);
  expect(database.prepare('SELECT language FROM evaluation').get()).toEqual({ language: null });
  database.close();
});
