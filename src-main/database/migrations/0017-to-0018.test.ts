import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing jobs keep their events and have forgotten none', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 17));
  database.exec(`
    INSERT INTO job (id, kind, state, owner, created_at) VALUES ('j', 'run', 'stopped', 'o', 1);
    INSERT INTO job_event (job_id, sequence, event) VALUES ('j', 7, '{}');
  `);

  migrate(database, 'x', migrations.slice(0, 18));

  expect(database.prepare('SELECT id, forgotten_sequence FROM job').all()).toEqual([
    { id: 'j', forgotten_sequence: 0 },
  ]);
  expect(database.prepare('SELECT sequence FROM job_event').pluck().all()).toEqual([7]);
  database.close();
});
