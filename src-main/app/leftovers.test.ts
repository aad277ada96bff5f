import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Message } from '../../src-contract/chat.ts';
import type { ColumnMapping } from '../../src-contract/task.ts';
import {
  app,
  client,
  folder,
  open,
  openBeside,
  patient,
  reopen,
  studioForEachTest,
  train,
} from '../../test/fixtures/studio-on-fake-engine.ts';
import { UnfinishedAnswers } from '../chat/unfinished-answer-store.ts';
import { newId } from '../database/new-id.ts';
import { openDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { DatasetStore } from '../datasets/dataset-store.ts';

studioForEachTest();

test('start-up keeps what the studio did not make, even when the database is missing', async () => {
  // Regression: every start removed what its database did not know, even if the database had just been created.
  const { run } = await train('rivers');
  const { path } = await client.adapters.get({ id: run.adapterId ?? '' });
  const kept = [
    'adapters/my-lora',
    'runs/exp1',
    'lab/notes',
    'lab/cells/mine',
    'base-models/my.partial',
    'uploads/x',
    'unpacked/x',
  ];
  const left = [
    'adapters/.sent-abcDEF',
    'runs/probe-abcDEF',
    'lab/0123456789abcdefghjk',
    'runs/zzzzzzzzzzzzzzzzzzzz',
    'unpacked/zzzzzzzzzzzzzzzzzzzz',
    // Of an import killed just before its row was written. Regression: it stayed for ever.
    'base-models/zzzzzzzzzzzzzzzzzzzz',
  ];
  const make = (name: string) => mkdirSync(join(folder, 'data', name), { recursive: true });
  const there = (names: readonly string[]) => names.filter((name) => existsSync(join(folder, 'data', name)));
  for (const name of [...kept, ...left]) make(name);
  await reopen();
  expect(there(kept)).toEqual(kept);
  // An id this old cannot be from a database created after it.
  expect(there(left)).toEqual(['lab/0123456789abcdefghjk']);

  await app.close();
  rmSync(join(folder, 'data/studio.sqlite'));
  for (let starts = 0; starts < 2; starts++) {
    await open();
    expect(await client.adapters.list()).toEqual([]);
    expect(there(kept)).toEqual(kept);
    expect(existsSync(path)).toBe(true);
    await app.close();
  }
  await open();
});

// Regression: a data folder from somebody else, or a copy of one's own, could remove what another studio had there.
test('start-up removes nothing unknown from a folder that is only linked', async () => {
  await app.close();
  for (const name of ['adapters', 'runs', 'lab', 'base-models']) {
    const [own, elsewhere] = [join(folder, 'data', name), join(folder, name)];
    renameSync(own, elsewhere);
    symlinkSync(elsewhere, own, 'junction');
    mkdirSync(join(elsewhere, 'zzzzzzzzzzzzzzzzzzzz'));
  }
  await open();
  for (const name of ['adapters', 'runs', 'lab', 'base-models'])
    expect(existsSync(join(folder, name, 'zzzzzzzzzzzzzzzzzzzz')), name).toBe(true);
});

// Regression: in a data folder from somebody else, it was written over any file that a link in its place led to.
test('the disk reserve is written over nothing that a link leads to', async () => {
  await app.close();
  const [letter, reserve] = [join(folder, 'letter.txt'), join(folder, 'data/reserve')];
  writeFileSync(letter, 'Dear');
  rmSync(reserve, { force: true });
  symlinkSync(letter, reserve);
  await open();
  expect(readFileSync(letter, 'utf8')).toBe('Dear');
});

// Regression: the next start removed it silently: the person found neither a dataset nor a reason.
test('an import cut off with the studio is undone and reported at the next start', async () => {
  await app.close();
  const dataDir = join(folder, 'data');
  const database = openDatabase(join(dataDir, 'studio.sqlite'));
  const lock = new ProcessLock(join(dataDir, 'locks'));
  const store = new DatasetStore(database, lock, join(dataDir, 'datasets'));
  const mapping = { context: [0], target: 1 } as unknown as ColumnMapping;
  store.beginImport({ name: 'rivers', task: 'custom', sourceName: 'rivers.csv', mapping, seed: 0, now: 5 });
  lock.release();
  database.close();
  await open();
  expect(await client.datasets.list()).toEqual([]);
  expect(await client.datasets.cutOff()).toMatchObject([{ sourceName: 'rivers.csv', at: 5 }]);
});

// The studio opens without reading the files of all datasets, and looks at them afterwards.
test('a change of rows that a killed process did not bring to the list is in it soon after the start', async () => {
  await train('rivers');
  const [dataset] = await client.datasets.list();
  await app.close();
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  database.prepare("UPDATE dataset SET version = 0, rows = 1, sha256 = 'old'").run();
  database.close();
  await open();
  await expect.poll(() => client.datasets.list()).toEqual([dataset]);
});

// Regression: only the lists of runs were told, and the others showed it as running until something else changed.
test('what a killed process leaves is told of every kind, though a page that watches one finds it first', async () => {
  const { id } = (await train('watched')).run;
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  const other = new ProcessLock(join(folder, 'data/locks'));
  database.prepare(`UPDATE job SET state = 'running', owner = ? WHERE id = ?`).run(other.token, id);
  database
    .prepare(`INSERT INTO job (id, kind, state, owner, created_at) VALUES ('elsewhere', 'evaluation', 'running', ?, 1)`)
    .run(other.token);
  const told = new Set<string>();
  const leave = new AbortController();
  const changes = await client.studio.changes(undefined, { signal: leave.signal });
  void (async () => {
    for await (const { noun } of changes) told.add(noun);
  })();
  other.release();
  await Array.fromAsync(await client.runs.watch({ id }));
  expect(database.prepare(`SELECT state FROM job WHERE id = 'elsewhere'`).pluck().get()).toBe('interrupted');
  await expect.poll(() => told).toEqual(new Set(['run', 'evaluation', 'answered-table', 'lab', 'status']));
  // The run had made all its steps.
  expect((await client.runs.get({ id })).state).toBe('finished');
  leave.abort();
  database.close();
});

/** The conversation after a question to the base and its answer. */
async function saidIn(conversationId: string, text: string): Promise<Message[]> {
  await Array.fromAsync(await client.chat.send({ conversationId, text, adapterId: null }));
  return (await client.chat.messages({ conversationId })).messages;
}

// Regression: it showed only at the next start of any process.
test('what another process had begun when it was killed is taken in while the studio is open', async () => {
  const { id: conversationId } = await client.chat.createConversation({ baseModelId: 'starter' });
  const [question, answer] = await saidIn(conversationId, 'one two three');
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  const other = new ProcessLock(join(folder, 'data/locks'));
  database
    .prepare(`INSERT INTO job (id, kind, state, owner, created_at) VALUES ('elsewhere', 'run', 'running', ?, 1)`)
    .run(other.token);
  database.prepare('DELETE FROM message WHERE id = ?').run(answer?.id);
  database.prepare('UPDATE conversation SET leaf_id = ?').run(question?.id);
  // Sound: what is written of an answer is its message.
  new UnfinishedAnswers(database, other).note({ ...(answer as Message), finish: 'stopped' });
  const told = new Set<string>();
  const leave = new AbortController();
  const changes = await client.studio.changes(undefined, { signal: leave.signal });
  void (async () => {
    for await (const { noun } of changes) told.add(noun);
  })();
  const state = () => database.prepare(`SELECT state FROM job WHERE id = 'elsewhere'`).pluck().get();
  const before = await client.chat.messages({ conversationId });
  expect([before.messages, state()]).toEqual([[question], 'running']);
  other.release();
  await expect
    .poll(() => told)
    .toEqual(new Set(['run', 'evaluation', 'answered-table', 'lab', 'status', 'conversation']));
  expect(state()).toBe('interrupted');
  expect((await client.chat.messages({ conversationId })).messages.map(({ text, finish }) => [text, finish])).toEqual([
    ['one two three', null],
    [answer?.text, 'stopped'],
  ]);
  leave.abort();
  database.close();
});

// Regression: a start that took a while removed what a process that had begun meanwhile was writing.
test('what a process writes that starts while another clears is not cleared', patient, async () => {
  await app.close();
  const left = join(folder, 'data/runs/zzzzzzzzzzzzzzzzzzzz');
  mkdirSync(left);
  for (let file = 0; file < 5_000; file++) writeFileSync(join(left, `${file}`), '');
  const clearing = open();
  await expect.poll(() => readdirSync(left).length, { interval: 1 }).toBeLessThan(5_000);
  const other = await openBeside();
  const importing = join(folder, `data/base-models/.${newId()}.partial`);
  mkdirSync(importing);
  await clearing;
  await other.close();
  expect(existsSync(importing)).toBe(true);
  expect(existsSync(left)).toBe(false);
});
