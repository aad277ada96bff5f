import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing jobs are kept, and an experiment is deleted with its job', () => {
  const database = new BetterSqlite3(':memory:');
  database.pragma('foreign_keys = ON');
  migrate(database, 'x', migrations.slice(0, 8));
  database.exec(`INSERT INTO job (id, kind, state, owner, created_at) VALUES ('r', 'run', 'finished', 'o', 1)`);

  migrate(database, 'x', migrations.slice(0, 9));

  database.exec(`
    INSERT INTO job (id, kind, state, owner, created_at) VALUES ('e', 'lab', 'finished', 'o', 1);
    INSERT INTO lab_experiment (id, kind, base_model_id, options, facts) VALUES ('e', 'table6', 'gone', '{}', '{}');
    INSERT INTO lab_cell (experiment_id, position, key, cell) VALUES ('e', 1, 'q r1', '{}');
  `);
  expect(() => database.exec(`INSERT INTO lab_cell VALUES ('e', 2, 'q r1', '{}')`)).toThrow(/UNIQUE/);
  database.exec(`DELETE FROM job WHERE id = 'e'`);
  expect(database.prepare('SELECT count(*) FROM lab_cell').pluck().get()).toBe(0);
  expect(database.prepare('SELECT id FROM job').pluck().all()).toEqual(['r']);
  database.close();
});
