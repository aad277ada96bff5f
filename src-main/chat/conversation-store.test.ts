import { expect, test } from 'vitest';
import { beforeStatement } from '../../test/fixtures/before-statement.ts';
import { openDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';
import { ConversationStore } from './conversation-store.ts';

// Sound: a store only asks for the token, and who is alive.
const lock = { token: 'own', isAlive: (token: string) => token === 'own' } as Partial<ProcessLock> as ProcessLock;

test('a deleted conversation is removed once no answer is written in it any more', () => {
  const database = openDatabase(':memory:');
  database.pragma('foreign_keys = OFF');
  const store = new ConversationStore(database, lock);
  const { id } = store.insert({ baseModelId: 'b', title: 'Rivers', now: 1 });
  store.beginAnswer(id);
  // Regression: another window that showed it offered to answer what was being answered.
  expect(store.get(id).answering).toBe(true);
  store.markDeleted(id, 10);
  expect(store.removeDeleted(9)).toBe(true);
  expect(store.removeDeleted(10)).toBe(false);
  expect(store.restore(id).title).toBe('Rivers');
  store.markDeleted(id, 10);
  store.endAnswer(id);
  expect(store.restore(id).answering).toBe(false);
  store.markDeleted(id, 10);
  expect(store.removeDeleted(10)).toBe(true);
  expect(() => store.restore(id)).toThrow(expect.objectContaining({ code: 'CONVERSATION_NOT_FOUND' }));
  database.close();
});

// Regression: it was removed all the same.
test('a conversation stays that another process restores before it is removed', () => {
  const database = openDatabase(':memory:');
  database.pragma('foreign_keys = OFF');
  const store = new ConversationStore(database, lock);
  const { id } = store.insert({ baseModelId: 'b', title: 'Rivers', now: 1 });
  store.markDeleted(id, 10);
  beforeStatement('DELETE FROM conversation', 'UPDATE conversation SET deleted_at = NULL');
  store.removeDeleted(10);
  expect(store.get(id).title).toBe('Rivers');
  database.close();
});

test('what a killed process was answering is not being answered', () => {
  const database = openDatabase(':memory:');
  database.pragma('foreign_keys = OFF');
  const killed = { token: 'killed', isAlive: () => true } as Partial<ProcessLock> as ProcessLock;
  const store = new ConversationStore(database, lock);
  const { id } = store.insert({ baseModelId: 'b', title: 'Rivers', now: 1 });
  new ConversationStore(database, killed).beginAnswer(id);
  expect(new ConversationStore(database, killed).get(id).answering).toBe(true);
  expect(store.get(id).answering).toBe(false);
  database.close();
});

// Regression: where the turns of a branch had no room on the disk, an empty conversation stayed.
test('a conversation is stored with what belongs to it, or not at all', () => {
  const database = openDatabase(':memory:');
  database.pragma('foreign_keys = OFF');
  const store = new ConversationStore(database, lock);
  const full = () => {
    throw new Error('full');
  };
  expect(() => store.insert({ baseModelId: 'b', title: 'Rivers', now: 1 }, full)).toThrow('full');
  expect(store.list()).toEqual([]);
  database.close();
});
