import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safe } from '@orpc/server';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  app,
  client,
  engine,
  folder,
  importRivers,
  open,
  patient,
  studioForEachTest,
  train,
} from '../../test/fixtures/studio-on-fake-engine.ts';
import { openDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';

studioForEachTest();

test('a deleted run can be restored until the next start', async () => {
  const { run } = await train('rivers');
  await client.runs.delete({ id: run.id });
  expect(await client.runs.list()).toEqual([]);
  expect((await client.runs.restore({ id: run.id })).name).toBe('rivers');
  // Regression: where the clock was set back, until it had caught up.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  await client.runs.delete({ id: run.id });
  vi.useRealTimers();
  await app.close();
  await open();
  expect((await safe(client.runs.restore({ id: run.id }))).error).toMatchObject({ code: 'RUN_NOT_FOUND' });
});

test('a deleted adapter can be restored until the next start, which removes its files', async () => {
  const { run } = await train('rivers');
  const { id, path } = await client.adapters.get({ id: 'rivers' });
  await client.adapters.delete({ id });
  expect(await client.adapters.list()).toEqual([]);
  expect((await client.adapters.restore({ id })).name).toBe('rivers');
  await client.adapters.delete({ id });
  await app.close();
  await open();
  expect(existsSync(path)).toBe(false);
  expect(await client.runs.get({ id: run.id })).toMatchObject({ state: 'finished', adapterId: null });
});

// Regression: space was only freed at the next start, and a full disk stayed full whatever was deleted.
test('deleted items free their disk space once they can no longer be restored', async () => {
  await train('rivers');
  const [dataset] = await client.datasets.list();
  const id = dataset?.id ?? '';
  const { path } = await client.adapters.get({ id: 'rivers' });
  // A thread keeps the rows file open.
  await client.datasets.rows({ id, filter: {}, offset: 0, limit: 2 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.datasets.delete({ id });
  await client.adapters.delete({ id: 'rivers' });
  // A person who lingers on the offer can still undo.
  await vi.advanceTimersByTimeAsync(50_000);
  expect((await client.datasets.restore({ id })).id).toBe(id);
  await client.datasets.delete({ id });
  await vi.waitFor(async () => {
    // Where its index is being made meanwhile, the rows file is tried again after another minute.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readdirSync(join(folder, 'data/datasets'))).toEqual([]);
    expect(existsSync(path)).toBe(false);
  }, patient);
  expect((await safe(client.datasets.restore({ id }))).error).toMatchObject({ code: 'DATASET_NOT_FOUND' });
});

// Regression: they stayed, with all they said, until the next start.
test('deleted conversations and evaluations are removed once they can no longer be restored', async () => {
  await train('rivers');
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 3 };
  const evaluation = await client.evaluations.start(about);
  await Array.fromAsync(await client.evaluations.watch({ id: evaluation.id }));
  const conversation = await client.chat.createConversation({ baseModelId: 'starter' });
  await Array.fromAsync(
    await client.chat.send({ conversationId: conversation.id, text: 'Which river?', adapterId: null }),
  );
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  onTestFinished(() => void database.close());
  const kept = () =>
    ['message', 'evaluation_row'].map((table) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.chat.deleteConversation({ id: conversation.id });
  await vi.advanceTimersByTimeAsync(50_000);
  await client.chat.restoreConversation({ id: conversation.id });
  await client.chat.deleteConversation({ id: conversation.id });
  await client.evaluations.delete({ id: evaluation.id });
  expect(kept()).toEqual([2, 3]);
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.waitFor(() => expect(kept()).toEqual([0, 0]), patient);
  const { error } = await safe(client.chat.restoreConversation({ id: conversation.id }));
  expect(error).toMatchObject({ code: 'CONVERSATION_NOT_FOUND' });
});

// Regression: it came back without its rows.
test('a dataset whose files are being removed can no longer be restored', async () => {
  const id = await importRivers();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.datasets.delete({ id });
  vi.advanceTimersByTime(60_000);
  expect((await safe(client.datasets.restore({ id }))).error).toMatchObject({ code: 'DATASET_NOT_FOUND' });
  await vi.waitFor(() => expect(readdirSync(join(folder, 'data/datasets'))).toEqual([]), patient);
});

test('a full disk frees deleted items sooner', async () => {
  await train('rivers');
  const { path } = await client.adapters.get({ id: 'rivers' });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.adapters.delete({ id: 'rivers' });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(existsSync(path)).toBe(true);
  engine.refusal = Object.assign(new Error('no room'), { code: 'ENOSPC' });
  const taken = join(folder, 'taken');
  mkdirSync(taken);
  for (const name of ['adapter_config.json', 'adapter_model.safetensors']) writeFileSync(join(taken, name), '{}');
  expect((await safe(client.adapters.import({ path: taken }))).error).toMatchObject({ code: 'DISK_FULL' });
  await vi.waitFor(() => expect(existsSync(path)).toBe(false), patient);
});

// Regression: only what this process was evaluating was waited for.
test('a deleted adapter’s files stay while another process evaluates', async () => {
  await train('rivers');
  const { path } = await client.adapters.get({ id: 'rivers' });
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  const other = new ProcessLock(join(folder, 'data/locks'));
  database
    .prepare(`INSERT INTO job (id, kind, state, owner, created_at) VALUES ('elsewhere', 'evaluation', 'running', ?, 1)`)
    .run(other.token);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.adapters.delete({ id: 'rivers' });
  await vi.advanceTimersByTimeAsync(61_000);
  // What is deleted next is freed after it.
  const [dataset] = await client.datasets.list();
  await client.datasets.delete({ id: dataset?.id ?? '' });
  await vi.advanceTimersByTimeAsync(61_000);
  await vi.waitFor(() => expect(readdirSync(join(folder, 'data/datasets'))).toEqual([]), patient);
  expect(existsSync(path)).toBe(true);
  other.release();
  database.close();
  await vi.advanceTimersByTimeAsync(61_000);
  await vi.waitFor(() => expect(existsSync(path)).toBe(false), patient);
});

// Regression: lists said “removed”, and gave an evaluation the custom task.
test('runs and evaluations keep the name and task of a deleted dataset', async () => {
  const { datasetId } = (await train('rivers')).run;
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'test' as const };
  await Array.fromAsync(await client.evaluations.watch({ id: (await client.evaluations.start(about)).id }));
  const { name, task } = await client.datasets.get({ id: datasetId });
  await client.datasets.delete({ id: datasetId });
  expect(await client.runs.list()).toMatchObject([{ datasetName: name, task }]);
  expect(await client.evaluations.list()).toMatchObject([{ provenance: { dataset: { name } }, task }]);
});
