import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing base models have no catalogue id', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 11));
  database.exec(
    "INSERT INTO base_model VALUES ('b', 'B', 'llama', 1, 1, 1, 1, 'F32', 'x', 'mit', 8, 9, '/b', 0, 0, 1, NULL);",
  );

  migrate(database, 'x', migrations.slice(0, 12));

  expect(database.prepare('SELECT name, catalogue_id FROM base_model').all()).toEqual([
    { name: 'B', catalogue_id: null },
  ]);
  database.close();
});
