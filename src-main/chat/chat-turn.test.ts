import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { ModelText } from '../base-models/model-text.ts';
import { openDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';
import type { Engine, GenerateJob, TokenEvent } from '../engine/engine.ts';
import type { Answerer } from './answerer.ts';
import { compareTurn, regenerateTurn, sendTurn } from './chat-turn.ts';
import { ConversationStore } from './conversation-store.ts';
import { MessageStore } from './message-store.ts';
import { UnfinishedAnswers } from './unfinished-answer-store.ts';

// The base has no chat template, and these tests read only these fields of it.
const base = { id: 'tiny', name: 'tiny', path: '/m', sha256: 'f', contextLength: 256 } as BaseModel;
const answerer = { adapter: null, strength: 1, mix: [] };

async function talking() {
  const text = await ModelText.read(join(import.meta.dirname, '../../resources/starter-model'), [0]);
  const database = openDatabase(':memory:');
  // The base has no row in the database.
  database.exec('PRAGMA foreign_keys = OFF');
  let clock = 0;
  const jobs: GenerateJob[] = [];
  const engine = {
    async *generate(job: GenerateJob): AsyncGenerator<TokenEvent> {
      jobs.push(job);
      for (const id of text.tokenizer.encode('one two three four five six seven '.repeat(9))) {
        clock += 400;
        yield { kind: 'token', id };
      }
      yield { kind: 'finished', finish: 'end', firstTokenMs: 1, switchMs: 2, seconds: 3, readTokens: 1 };
    },
  } as Partial<Engine> as Engine;
  const processOf = (token: string, living: string[]): Pick<ProcessLock, 'token' | 'isAlive'> => ({
    token,
    isAlive: (asked) => living.includes(asked),
  });
  const store = new MessageStore(database);
  // Sound: it is only asked who is alive for answers.
  const conversations = new ConversationStore(database, processOf('first', []) as ProcessLock);
  const conversation = conversations.insert({ baseModelId: 'tiny', title: 'Numbers', now: 1 });
  const parts = {
    ...{ store, engine, textFor: async () => text, now: () => clock, trained: { of: async () => [[1, 2, 3]] } },
    runnable: () => undefined,
    forms: { of: async () => ({ kind: 'choices' as const, texts: ['yes'] }) },
    unchangedFiles: { require: async () => {} },
    unfinished: new UnfinishedAnswers(database, processOf('first', ['first'])),
  };
  return {
    ...{
      ...{ parts, jobs },
      turn: { conversation, base, sampling: undefined, text: 'Count.', input: undefined, parentId: undefined },
    },
    /** What a new process finds while those others live. */
    found(living: string[]) {
      new UnfinishedAnswers(database, processOf('next', living)).keepAll(store);
      return store.path(conversation.id).map(({ role, text, finish, onPath }) => ({ role, text, finish, onPath }));
    },
  };
}

/** Consumes some pieces of text; the rest never comes, as when the process is killed. */
async function cutOff(events: AsyncGenerator<{ kind: string }>): Promise<void> {
  for (let pieces = 0; pieces < 12; ) if ((await events.next()).value?.kind === 'text') pieces++;
}

// Regression: all of a long answer was lost with the process.
test('an answer cut off with its process is kept at the next start, up to its last second', async () => {
  const { parts, turn, found } = await talking();
  await cutOff(sendTurn({ ...turn, answerer }, parts, new AbortController().signal));
  const question = { role: 'user', text: 'Count.', finish: null, onPath: true };
  expect(found(['first'])).toEqual([question]);
  const kept = found([]);
  expect(kept).toEqual([
    question,
    { role: 'assistant', text: expect.stringMatching(/^one two three/), finish: 'stopped', onPath: true },
  ]);
  expect(found([])).toEqual(kept);
});

// Regression: the turns of both were mixed, and went with the other one when that was deleted.
test('a turn cannot follow one of another conversation', async () => {
  const { parts, turn, found } = await talking();
  const other = { ...turn, conversation: { ...turn.conversation, id: 'other' }, answerer };
  for await (const _ of sendTurn(other, parts, new AbortController().signal));
  const parentId = parts.store.all('other')[0]?.id ?? '';
  const asked = sendTurn({ ...turn, parentId, answerer }, parts, new AbortController().signal);
  await expect(asked.next()).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' });
  expect(found([])).toEqual([]);
});

test('after a cut-off comparison, the conversation continues from the first answer', async () => {
  const { parts, turn, found } = await talking();
  const both = { ...turn, answerers: [answerer, answerer] };
  await cutOff(compareTurn(both, parts, new AbortController().signal));
  expect(found([]).map(({ finish, onPath }) => [finish, onPath])).toEqual([
    [null, true],
    ['stopped', true],
    ['stopped', false],
  ]);
});

// Regression: the second one took its place.
test('the first of several answers side by side is continued from if it had ended before', async () => {
  const { parts, turn, found } = await talking();
  let asked = 0;
  const engine = {
    ...parts.engine,
    async *generate(job, signal) {
      const isFirst = asked++ === 0;
      for await (const event of parts.engine.generate(job, signal)) {
        yield event;
        if (isFirst)
          return yield { kind: 'finished', finish: 'end', firstTokenMs: 1, switchMs: 2, seconds: 3, readTokens: 1 };
      }
    },
  } satisfies Engine;
  await cutOff(
    compareTurn({ ...turn, answerers: [answerer, answerer] }, { ...parts, engine }, new AbortController().signal),
  );
  expect(found([]).map(({ finish, onPath }) => [finish, onPath])).toEqual([
    [null, true],
    ['end', true],
    ['stopped', false],
  ]);
});

// Regression: the half answer replaced what had been said since.
test('the conversation continues from what was said since in another process', async () => {
  const { parts, turn, found } = await talking();
  await cutOff(sendTurn({ ...turn, answerer }, parts, new AbortController().signal));
  await Array.fromAsync(
    regenerateTurn({ ...turn, answerer, messageId: undefined }, parts, new AbortController().signal),
  );
  expect(found([]).map(({ finish, onPath }) => [finish, onPath])).toEqual([
    [null, true],
    ['end', true],
  ]);
});

test('a query that cannot be run is kept beside the one that takes its place', async () => {
  const { parts, turn } = await talking();
  // The others are those drawn with a temperature; the first of them cannot be run either.
  const engine = {
    ...parts.engine,
    async *generate(job: GenerateJob): AsyncGenerator<TokenEvent> {
      const text = await parts.textFor();
      for (const id of text.tokenizer.encode(`seed ${job.seed}`)) yield { kind: 'token', id };
      yield { kind: 'finished', finish: 'end', firstTokenMs: 1, switchMs: 2, seconds: 3, readTokens: 1 };
    },
  } satisfies Engine;
  const runnable = () => async (query: string) => query >= 'seed 2';
  const { signal } = new AbortController();
  const events = await Array.fromAsync(sendTurn({ ...turn, answerer }, { ...parts, engine, runnable }, signal));
  const answer = { text: 'seed 2', firstText: 'seed 0', finish: 'end' };
  expect(events.map(({ kind }) => kind).filter((kind) => kind !== 'text')).toEqual(['started', 'retrying', 'finished']);
  expect(events.at(-1)).toMatchObject({ answer });
  expect(parts.store.path(turn.conversation.id)).toMatchObject([{ role: 'user', firstText: null }, answer]);
  const columns = compareTurn({ ...turn, answerers: [answerer, answerer] }, { ...parts, engine, runnable }, signal);
  const retrying = (await Array.fromAsync(columns)).filter(({ kind }) => kind === 'retrying');
  expect(retrying).toEqual([0, 1].map((column) => ({ kind: 'retrying', column })));
});

// Regression: it appeared as “(nothing)” once the base was loaded, next to what had been asked meanwhile.
test('nothing is kept of an answer stopped before its first word', async () => {
  const { parts, turn, found } = await talking();
  const engine = {
    ...parts.engine,
    async *generate() {
      yield { kind: 'finished', finish: 'stopped', firstTokenMs: 1, switchMs: 2, seconds: 3, readTokens: 1 };
    },
  } satisfies Engine;
  const told = await Array.fromAsync(sendTurn({ ...turn, answerer }, { ...parts, engine }, AbortSignal.abort()));
  expect(told.map(({ kind }) => kind)).toEqual(['started']);
  expect(found([]).map(({ role, onPath }) => [role, onPath])).toEqual([['user', true]]);
});

// The next question does not wait for it.
test('nor is a first word that comes after the stop', async () => {
  const { parts, turn, found } = await talking();
  const told = await Array.fromAsync(sendTurn({ ...turn, answerer }, parts, AbortSignal.abort()));
  expect(told.map(({ kind }) => kind)).toEqual(['started']);
  expect(found([]).map(({ role, onPath }) => [role, onPath])).toEqual([['user', true]]);
});

test('an answer that has ended is there once', async () => {
  const { parts, turn, found } = await talking();
  await Array.fromAsync(sendTurn({ ...turn, answerer }, parts, new AbortController().signal));
  expect(found([]).map(({ finish }) => finish)).toEqual([null, 'end']);
});

// Regression: it was stored a second time, which failed, and the page told of a fault of the program.
test('an answer whose note has no room to be removed is there once, and the disk is told', async () => {
  const { parts, turn, found } = await talking();
  vi.spyOn(parts.unfinished, 'forget').mockImplementation(() => {
    throw new Error('full');
  });
  const events = sendTurn({ ...turn, answerer }, parts, new AbortController().signal);
  await expect(Array.fromAsync(events)).rejects.toThrow('full');
  expect(found([]).map(({ role, finish }) => [role, finish])).toEqual([
    ['user', null],
    ['assistant', 'end'],
  ]);
});

test('the engine gets answers that the adapter was trained to give', async () => {
  const { parts, turn, jobs } = await talking();
  await Array.fromAsync(sendTurn({ ...turn, answerer }, parts, new AbortController().signal));
  expect(jobs.map(({ trained }) => trained)).toEqual([[[1, 2, 3]]]);
});

test('an answer keeps the form of the adapter’s targets if it is to', async () => {
  const { parts, turn, jobs } = await talking();
  const adapter = { id: 'a', name: 'A', path: 'a', sha256: 'a', task: 'custom' } as Adapter;
  const of = (given: Partial<Answerer>) => ({ ...answerer, adapter, ...given });
  const mix = [{ adapter, strength: 1 }];
  for (const each of [of({ keepsForm: true }), of({}), of({ keepsForm: true, mix }), { ...answerer, keepsForm: true }])
    await Array.fromAsync(sendTurn({ ...turn, answerer: each }, parts, new AbortController().signal));
  expect(jobs.map(({ form }) => form)).toEqual([{ kind: 'choices', texts: ['yes'] }, undefined, undefined, undefined]);
});

// Regression: the answer was of whatever weights lay there, under the hash of the base that was added.
test('a base whose files have changed does not answer, alone or side by side; the question stays', async () => {
  const { parts, jobs, turn, found } = await talking();
  const changed = new Error('its files have changed');
  const unchangedFiles = { require: () => Promise.reject(changed) };
  const signal = new AbortController().signal;
  const ends = async (events: AsyncGenerator) => Array.fromAsync(events).catch((error: unknown) => error);
  const broken = { ...parts, unchangedFiles };
  expect(await ends(sendTurn({ ...turn, answerer }, broken, signal))).toBe(changed);
  expect(await ends(regenerateTurn({ ...turn, answerer, messageId: undefined }, broken, signal))).toBe(changed);
  expect(await ends(compareTurn({ ...turn, answerers: [answerer, answerer] }, broken, signal))).toBe(changed);
  expect(jobs).toEqual([]);
  expect(found([]).map(({ role }) => role)).toEqual(['user', 'user']);
});
