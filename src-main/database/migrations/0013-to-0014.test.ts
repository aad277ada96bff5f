import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing runs have no group', () => {
  const database = new BetterSqlite3(':memory:');
  database.pragma('foreign_keys = ON');
  migrate(database, 'x', migrations.slice(0, 13));
  database.exec(`
    INSERT INTO base_model (id, name, architecture, parameters, layers, hidden, vocabulary, dtype, sha256, licence,
        context_length, size_bytes, path, built_in, has_chat_template, created_at)
      VALUES ('b', 'B', 'llama', 1, 1, 1, 1, 'F32', 'x', 'mit', 8, 9, '/b', 0, 0, 1);
    INSERT INTO job (id, kind, state, owner, created_at) VALUES ('r', 'run', 'finished', 'o', 1);
    INSERT INTO run (id, name, dataset_id, dataset_sha256, dataset_version, task, base_model_id, base_sha256, options)
      VALUES ('r', 'R', 'd', 'x', 1, 'mrc', 'b', 'x', '{}');
  `);

  migrate(database, 'x', migrations.slice(0, 14));

  expect(database.prepare('SELECT name, group_id, group_size FROM run').get()).toEqual({
    name: 'R',
    group_id: null,
    group_size: null,
  });
  database.close();
});
