import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing runs are kept, without the hash of an initial adapter', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 16));
  database.pragma('foreign_keys = OFF');
  database.exec(`
    INSERT INTO run (id, name, dataset_id, dataset_sha256, dataset_version, task, base_model_id, base_sha256, options)
    VALUES ('r', 'law', 'd', 'd', 1, 'mrc', 'b', 'b', '{}');
  `);

  migrate(database, 'x', migrations.slice(0, 17));

  expect(database.prepare('SELECT id, initial_sha256 FROM run').all()).toEqual([{ id: 'r', initial_sha256: null }]);
  database.close();
});
