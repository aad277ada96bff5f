import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { ConversationStore } from './conversation-store.ts';
import { type KeptMessage, MessageStore } from './message-store.ts';

// Regression: of a word that was in all of 27,000 turns, every excerpt was cut before fifty were taken: half a second.
test('a search finds the latest turns, and stops at the most that are shown', () => {
  const folder = mkdtempSync(join(tmpdir(), 'studio-chat-'));
  const database = openDatabase(':memory:');
  database.pragma('foreign_keys = OFF');
  const lock = new ProcessLock(folder);
  const messages = new MessageStore(database);
  const { id } = new ConversationStore(database, lock).insert({ baseModelId: 'b', title: 'Rivers', now: 0 });
  for (let at = 1; at <= 60; at++) messages.insert({ ...turn, id: `m${at}`, conversationId: id, createdAt: at });

  const prepare = vi.spyOn(database, 'prepare');
  const found = messages.search('Danube');
  expect(found.map(({ messageId }) => messageId)).toEqual(Array.from({ length: 50 }, (_, place) => `m${60 - place}`));
  const sql = prepare.mock.calls.map(([text]) => text).find((text) => text.includes('MATCH')) ?? '';
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('"Danube" *', 50) as { detail: string }[];
  expect(plan.map(({ detail }) => detail).filter((detail) => detail.includes('ORDER BY'))).toEqual([]);

  database.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
});

const turn: KeptMessage = {
  ...{ id: '', conversationId: '', parentId: null, role: 'user', text: 'Where does the Danube end?', input: null },
  ...{ adapterId: null, adapterName: null, adapterSha256: null, mix: [], baseSha256: null, task: null, strength: null },
  ...{ tokens: null, tokensPerSecond: null, firstTokenMs: null, switchMs: null, finish: null, promptTokens: null },
  ...{ leftOutTurns: 0, leftOutTokens: 0, comparisonId: null, isBest: false, createdAt: 0 },
};
