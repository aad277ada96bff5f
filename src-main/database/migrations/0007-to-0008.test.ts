import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.ts';

test('existing turns become a chain with the last as its leaf, and all can be searched', () => {
  const place = migrations.findIndex(({ name }) => name === 'conversation tree');
  const database = new BetterSqlite3(':memory:');
  database.pragma('foreign_keys = ON');
  migrate(database, 'x', migrations.slice(0, place));
  database.pragma('foreign_keys = OFF');
  database.exec(`
    INSERT INTO conversation (id, title, base_model_id, created_at, updated_at) VALUES ('c', 'C', 'b', 1, 1), ('d', 'D', 'b', 1, 1);
    INSERT INTO message (id, conversation_id, role, text, created_at) VALUES
      ('1', 'c', 'user', 'Where is Otto?', 1), ('x', 'd', 'user', 'other', 1), ('2', 'c', 'assistant', 'In 서울에서', 1),
      ('3', 'c', 'user', 'Again', 1);
  `);
  database.pragma('foreign_keys = ON');

  migrate(database, 'x', migrations.slice(0, place + 1));

  expect(database.prepare('SELECT id, parent_id, is_best FROM message ORDER BY number').all()).toEqual([
    { id: '1', parent_id: null, is_best: 0 },
    { id: 'x', parent_id: null, is_best: 0 },
    { id: '2', parent_id: '1', is_best: 0 },
    { id: '3', parent_id: '2', is_best: 0 },
  ]);
  expect(database.prepare('SELECT id, leaf_id FROM conversation').all()).toEqual([
    { id: 'c', leaf_id: '3' },
    { id: 'd', leaf_id: 'x' },
  ]);
  const found = database.prepare('SELECT rowid FROM message_text WHERE message_text MATCH ?');
  expect(found.all('"서울" *')).toEqual([{ rowid: 3 }]);
  database.exec("DELETE FROM message WHERE id = '2'");
  expect(found.all('"서울" *')).toEqual([]);
  expect(database.prepare('SELECT id FROM message ORDER BY number').all()).toEqual([{ id: '1' }, { id: 'x' }]);
  database.close();
});
