import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing experiments are kept, and none is deleted', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 15));
  database.exec(`
    INSERT INTO job (id, kind, state, owner, created_at) VALUES ('e', 'lab', 'finished', 'o', 1);
    INSERT INTO lab_experiment (id, kind, base_model_id, options, facts) VALUES ('e', 'table6', 'b', '{}', '{}');
  `);

  migrate(database, 'x', migrations.slice(0, 16));

  expect(database.prepare('SELECT id, deleted_at FROM lab_experiment').all()).toEqual([{ id: 'e', deleted_at: null }]);
  database.close();
});
