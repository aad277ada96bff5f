import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('rows of an evaluation made before can be judged, and take their votes with them', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 23));
  database.pragma('foreign_keys = OFF');
  database.exec(`
    INSERT INTO job (id, kind, state, owner, place, created_at) VALUES ('e', 'evaluation', 'finished', 'x', 1, 1);
    INSERT INTO evaluation (id, dataset_id, base_model_id, adapter_ids, split, main_metric)
      VALUES ('e', 'd', 'b', '[]', 'test', 'rougeL');
    INSERT INTO evaluation_row VALUES ('e', 0, 'r', 'asked', 'target', '[]');
  `);

  migrate(database, 'x', migrations.slice(0, 24));
  database.pragma('foreign_keys = ON');

  const put = database.prepare('INSERT INTO blind_vote VALUES (?, ?, ?, ?, ?, ?)');
  put.run('e', 0, 2, 0, 2, null);
  expect(() => put.run('e', 1, 2, 0, 2, null)).toThrow('FOREIGN KEY');
  expect(() => put.run('e', 0, 1, 1, 1, null)).toThrow('CHECK');
  expect(() => put.run('e', 0, 1, 0, 2, null)).toThrow('CHECK');
  expect(() => put.run('e', 0, 1, 0, 0, 2)).toThrow('CHECK');
  database.exec("DELETE FROM job WHERE id = 'e'");
  expect(database.prepare('SELECT count(*) FROM blind_vote').pluck().get()).toBe(0);
  database.close();
});
