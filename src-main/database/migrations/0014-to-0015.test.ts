import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('an existing failure keeps its message and has no data', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 14));
  database.exec(`
    INSERT INTO job (id, kind, state, owner, error_code, error_message, error_hint, created_at)
      VALUES ('r', 'run', 'failed', 'o', 'DISK_FULL', 'The disk is full.', 'Free some space.', 1);
  `);

  migrate(database, 'x', migrations.slice(0, 15));

  expect(database.prepare('SELECT error_message, error_data FROM job').get()).toEqual({
    error_message: 'The disk is full.',
    error_data: null,
  });
  database.close();
});
