import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('answers and evaluations made before replaced no query', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 26));
  database.pragma('foreign_keys = OFF');
  database.exec(`
    INSERT INTO message (id, conversation_id, role, text, created_at) VALUES ('m', 'c', 'assistant', 'SELECT 1', 1);
    INSERT INTO job (id, kind, state, owner, place, created_at) VALUES ('e', 'evaluation', 'finished', 'x', 1, 1);
    INSERT INTO evaluation (id, dataset_id, base_model_id, adapter_ids, split, main_metric)
      VALUES ('e', 'd', 'b', '[]', 'test', 'executionAccuracy');
  `);

  migrate(database, 'x', migrations.slice(0, 27));

  expect(database.prepare('SELECT text, first_text FROM message').raw().all()).toEqual([['SELECT 1', null]]);
  expect(database.prepare('SELECT retry_queries FROM evaluation').pluck().all()).toEqual([0]);
  database.close();
});
