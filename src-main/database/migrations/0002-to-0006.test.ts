import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('a folder with only datasets keeps them and can then hold everything else', () => {
  const database = new BetterSqlite3(':memory:');
  database.pragma('foreign_keys = ON');
  migrate(database, 'x', migrations.slice(0, 1));
  database.exec(
    `INSERT INTO dataset (id, name, task, version, state, rows, train_rows, validation_rows, test_rows, rejected, sha256,
       source_name, mapping, seed, has_database, created_at)
     VALUES ('d', 'D', 'mrc', 1, 'ready', 0, 0, 0, 0, 0, '', 'd.csv', '{}', 0, 0, 1)`,
  );

  migrate(database, 'x', migrations.slice(0, 6));

  database.exec(`
    INSERT INTO base_model VALUES ('b', 'B', 'llama', 1, 1, 1, 1, 'F32', 'x', 'mit', 8, 9, '/b', 0, 0, 1, NULL);
    INSERT INTO job (id, kind, state, owner, created_at) VALUES ('r', 'run', 'finished', 'o', 1);
    INSERT INTO adapter VALUES ('a', 'A', 'mrc', 'b', 'x', 'd', 'r', 8, 16, '[]', 1, 1, 'y', '/a', NULL, NULL, 1, NULL);
    INSERT INTO run (id, name, dataset_id, dataset_sha256, dataset_version, task, base_model_id, base_sha256, adapter_id, options)
      VALUES ('r', 'R', 'd', '', 1, 'mrc', 'b', 'x', 'a', '{}');
  `);
  database.exec("DELETE FROM dataset WHERE id = 'd'");
  expect(database.prepare('SELECT dataset_id FROM adapter').get()).toEqual({ dataset_id: null });
  expect(database.prepare('SELECT dataset_id FROM run').get()).toEqual({ dataset_id: 'd' });
  expect(() => database.exec("DELETE FROM base_model WHERE id = 'b'")).toThrow(/FOREIGN KEY/);
  database.close();
});
