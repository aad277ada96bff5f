import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('tables answered before keep their rows, and a row may be noted as a query that cannot be run', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 27));
  database.exec(`
    INSERT INTO base_model (id, name, architecture, parameters, layers, hidden, vocabulary, dtype, sha256, licence,
        context_length, size_bytes, path, built_in, has_chat_template, created_at)
      VALUES ('b', 'starter', 'llama', 1, 1, 1, 1, 'F32', 'x', '', 128, 1, '/b', 1, 0, 1);
    INSERT INTO answered_table (id, name, base_model_id, base_sha256, task, columns, mapping, max_tokens)
      VALUES ('t', 'new.csv', 'b', 'x', 'custom', '["text"]', '{"context":"text"}', 9);
    INSERT INTO answered_row VALUES ('t', 0, '["one"]', 'a', 0.5, 'cut'), ('t', 1, '["two"]', NULL, NULL, NULL);
  `);

  migrate(database, 'x', migrations.slice(0, 28));

  expect(database.prepare('SELECT * FROM answered_row').raw().all()).toEqual([
    ['t', 0, '["one"]', 'a', 0.5, 'cut'],
    ['t', 1, '["two"]', null, null, null],
  ]);
  expect(database.prepare('SELECT schemas, retry_queries FROM answered_table').raw().all()).toEqual([[null, 0]]);
  database.exec(`UPDATE answered_row SET note = 'unrunnable' WHERE position = 1; DELETE FROM answered_table`);
  expect(database.prepare('SELECT count(*) FROM answered_row').pluck().get()).toBe(0);
  database.close();
});
