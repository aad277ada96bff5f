import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('the heat maps of experiments move to a column of their own', () => {
  const database = new BetterSqlite3(':memory:');
  migrate(database, 'x', migrations.slice(0, 21));
  database.pragma('foreign_keys = OFF');
  const insert = database.prepare("INSERT INTO lab_cell (experiment_id, position, key, cell) VALUES ('e', ?, ?, ?)");
  insert.run(1, 'trained', '{"key":"trained","values":{"rank":8},"timings":{}}');
  insert.run(2, 'A', '{"key":"A","values":{"layer":0},"timings":{},"map":[[0.25,1]]}');

  migrate(database, 'x', migrations.slice(0, 22));

  expect(database.prepare('SELECT cell, map FROM lab_cell ORDER BY position').raw().all()).toEqual([
    ['{"key":"trained","values":{"rank":8},"timings":{}}', null],
    ['{"key":"A","values":{"layer":0},"timings":{}}', '[[0.25,1]]'],
  ]);
  database.close();
});
