import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing conversations have no answering process', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 19));
  database.pragma('foreign_keys = OFF');
  database.exec(`
    INSERT INTO conversation (id, title, base_model_id, created_at, updated_at) VALUES ('c', 'Rivers', 'b', 1, 1);
  `);

  migrate(database, 'x', migrations.slice(0, 20));

  expect(database.prepare('SELECT title, answering_process FROM conversation').raw().all()).toEqual([['Rivers', null]]);
  database.close();
});
