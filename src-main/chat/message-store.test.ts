import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Message } from '../../src-contract/chat.ts';
import { openDatabase, type StudioDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { ConversationStore } from './conversation-store.ts';
import { type KeptMessage, MessageStore } from './message-store.ts';

let [folder, database]: [string, StudioDatabase] = ['', openDatabase(':memory:')];
let lock: ProcessLock;
let messages: MessageStore;
/** A conversation. */
let id: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-chat-'));
  database = openDatabase(':memory:');
  database.pragma('foreign_keys = OFF');
  lock = new ProcessLock(folder);
  messages = new MessageStore(database);
  id = new ConversationStore(database, lock).insert({ baseModelId: 'b', title: 'Rivers', now: 0 }).id;
});

afterEach(() => {
  database.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
});

// Regression: of a word that was in all of 27,000 turns, every excerpt was cut before fifty were taken: half a second.
test('a search finds the latest turns, and stops at the most that are shown', () => {
  for (let at = 1; at <= 60; at++) messages.insert({ ...turn, id: `m${at}`, conversationId: id, createdAt: at });

  const prepare = vi.spyOn(database, 'prepare');
  const found = messages.search('Danube');
  expect(found.map(({ messageId }) => messageId)).toEqual(Array.from({ length: 50 }, (_, place) => `m${60 - place}`));
  const sql = prepare.mock.calls.map(([text]) => text).find((text) => text.includes('MATCH')) ?? '';
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('"Danube" *', 50) as { detail: string }[];
  expect(plan.map(({ detail }) => detail).filter((detail) => detail.includes('ORDER BY'))).toEqual([]);
});

// Regression: where the second had no room on the disk, the first was stored alone.
test('a vote is stored with what the conversation continues from, or not at all', () => {
  for (const at of [1, 2]) add(at, { parentId: null, comparisonId: 'c' });
  database.exec(`CREATE TRIGGER full BEFORE UPDATE ON conversation BEGIN SELECT RAISE(ABORT, 'full'); END`);
  expect(() => messages.vote(messages.get('m1'), true)).toThrow('full');
  expect(messages.all(id).map(({ isBest }) => isBest)).toEqual([false, false]);
});

// Regression: a conversation of 5,000 turns was sent whole, 6 MB, with every answer.
test('turns that a reader has are left out, as far as nothing in them has changed', () => {
  for (let at = 1; at <= 100; at++) add(at, { parentId: at === 1 ? null : `m${at - 1}`, comparisonId: `c${at}` });
  let read: readonly Message[] = [];
  let marks: string[] = [];
  /** How many turns are sent to a reader who keeps what it has; it then has the path. */
  const sent = () => {
    const turns = messages.turns(id, marks);
    read = [...read.slice(0, turns.kept), ...turns.messages];
    marks = turns.marks;
    expect(read).toEqual(messages.path(id));
    return turns.messages.length;
  };

  expect(sent()).toBe(100);
  expect(sent()).toBe(4);
  add(101, { parentId: 'm100' });
  expect(sent()).toBe(5);
  messages.vote(messages.get('m40'), true);
  expect(sent()).toBe(101 - 32);
  database.prepare(`UPDATE message SET adapter_id = 'a', adapter_name = 'rivers' WHERE id = 'm70'`).run();
  expect(sent()).toBe(101 - 64);
  // Edited: an alternative to a turn, with nothing after it; and back.
  add(102, { parentId: 'm50' });
  expect(sent()).toBe(51 - 32);
  messages.choose(messages.get('m51'));
  expect(sent()).toBe(101 - 32);
  add(103, { parentId: null });
  expect(sent()).toBe(1);
});

function add(at: number, own: Partial<KeptMessage>): void {
  messages.insert({ ...turn, id: `m${at}`, conversationId: id, createdAt: at, ...own });
}

const turn: KeptMessage = {
  ...{ id: '', conversationId: '', parentId: null, role: 'user', text: 'Where does the Danube end?' },
  ...{ firstText: null, input: null },
  ...{ adapterId: null, adapterName: null, adapterSha256: null, mix: [], baseSha256: null, task: null, strength: null },
  ...{
    tokens: null,
    tokensPerSecond: null,
    firstTokenMs: null,
    switchMs: null,
    finish: null,
    certainty: null,
    promptTokens: null,
  },
  ...{ leftOutTurns: 0, leftOutTokens: 0, comparisonId: null, isBest: false, createdAt: 0 },
};

// Regression: the question was lost, and the page told of a fault of the program.
test('a turn is stored although another process writes to the database meanwhile', () => {
  const file = join(folder, 'studio.sqlite');
  const open = () => {
    const opened = openDatabase(file);
    opened.pragma('foreign_keys = OFF');
    return opened;
  };
  const other = open();
  const { id: conversationId } = new ConversationStore(other, lock).insert({ baseModelId: 'b', title: 'R', now: 0 });
  const own = open();
  other.pragma('busy_timeout = 0');
  const { prepare } = own;
  vi.spyOn(own, 'prepare').mockImplementation((source) => {
    // The word index is read for it.
    const statement = prepare.call(own, source);
    if (source.startsWith('INSERT INTO message'))
      try {
        other.exec("INSERT INTO setting (name, value) VALUES ('x', 'y')");
      } catch {
        // It has to wait.
      }
    return statement as never;
  });
  new MessageStore(own).insert({ ...turn, id: 'q', conversationId, createdAt: 1 });
  expect(new MessageStore(other).all(conversationId).map((message) => message.id)).toEqual(['q']);
  for (const opened of [own, other]) opened.close();
});
