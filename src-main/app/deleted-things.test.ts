import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORPCError, safe } from '@orpc/server';
import { expect, onTestFinished, test, vi } from 'vitest';
import { diskFull } from '../../src-contract/disk-full.ts';
import {
  app,
  client,
  engine,
  folder,
  importRivers,
  open,
  patient,
  reopen,
  studioForEachTest,
  train,
} from '../../test/fixtures/studio-on-fake-engine.ts';
import { openDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';

studioForEachTest();

const day = 24 * 3_600_000;

/** Closes the studio, and opens it again at another time. */
async function openAfter(ms: number): Promise<void> {
  await app.close();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
  onTestFinished(() => void vi.useRealTimers());
  await open();
}

const deletedNames = async () => (await client.deleted.list()).map(({ noun, name }) => `${noun} ${name}`);

test('what was deleted is listed with its size, over a start, until it is restored', async () => {
  const { run } = await train('rivers');
  const [dataset] = await client.datasets.list();
  const adapter = await client.adapters.get({ id: 'rivers' });
  const conversation = await client.chat.createConversation({ baseModelId: 'starter' });
  const evaluation = await evaluated();
  await client.adapters.delete({ id: 'rivers' });
  // Regression: for thirty days a run named an adapter that could not be had.
  expect(await client.runs.get({ id: run.id })).toMatchObject({ adapterId: null });
  await client.datasets.delete({ id: 'rivers' });
  await client.runs.delete({ id: run.id });
  await client.evaluations.delete({ id: evaluation });
  await client.chat.deleteConversation({ id: conversation.id });
  await reopen();
  const listed = await client.deleted.list();
  expect(listed.map(({ noun, id, name }) => [noun, id, name]).sort()).toEqual([
    ['adapter', adapter.id, 'rivers'],
    ['conversation', conversation.id, conversation.title],
    ['dataset', dataset?.id, 'rivers'],
    ['evaluation', evaluation, 'rivers'],
    ['run', run.id, 'rivers'],
  ]);
  const bytesOf = (noun: string) => listed.find((thing) => thing.noun === noun)?.bytes;
  expect(bytesOf('adapter')).toBeGreaterThan('weights of step 4'.length);
  expect(bytesOf('dataset')).toBeGreaterThan(0);
  expect(bytesOf('conversation')).toBe(0);
  for (const { id } of [
    await client.adapters.restore({ id: adapter.id }),
    await client.datasets.restore({ id: dataset?.id ?? '' }),
    await client.runs.restore({ id: run.id }),
    await client.evaluations.restore({ id: evaluation }),
    await client.chat.restoreConversation({ id: conversation.id }),
  ])
    expect(listed.map((thing) => thing.id)).toContain(id);
  expect(await client.deleted.list()).toEqual([]);
  expect(await client.runs.get({ id: run.id })).toMatchObject({ adapterId: adapter.id });
  expect(existsSync(adapter.path)).toBe(true);
  expect((await client.datasets.rows({ id: 'rivers', filter: {}, offset: 0, limit: 2 })).examples).toHaveLength(2);
});

test('an adapter is restored for a base of the same weights, and not without one', async () => {
  const path = join(folder, 'other-model');
  cpSync(join(folder, 'resources/starter-model'), path, { recursive: true });
  writeFileSync(join(path, 'model.safetensors'), 'other weights');
  const base = await client.baseModels.import({ path, name: 'other' });
  const run = await client.runs.start({
    ...{ datasetId: await importRivers(), baseModelId: base.id, name: 'rivers', options: { maxSteps: 4 } },
  });
  await Array.fromAsync(await client.runs.watch({ id: run.id }));
  await client.adapters.delete({ id: 'rivers' });
  await client.baseModels.delete({ id: base.id });
  await reopen();
  expect((await safe(client.adapters.restore({ id: 'rivers' }))).error).toMatchObject({
    ...{ code: 'ADAPTER_BASE_MISSING', data: { adapter: 'rivers', model: 'other' } },
  });
  const again = await client.baseModels.import({ path, name: 'again' });
  expect(await client.adapters.restore({ id: 'rivers' })).toMatchObject({ baseModelId: again.id });
});

test('what was deleted thirty days ago is removed at a start, with its files', async () => {
  const { run } = await train('rivers');
  const { path } = await client.adapters.get({ id: 'rivers' });
  await client.adapters.delete({ id: 'rivers' });
  await openAfter(29 * day);
  expect(await deletedNames()).toEqual(['adapter rivers']);
  expect(existsSync(path)).toBe(true);
  await client.runs.delete({ id: run.id });
  await openAfter(2 * day);
  expect(await deletedNames()).toEqual(['run rivers']);
  expect(existsSync(path)).toBe(false);
  expect((await safe(client.adapters.restore({ id: 'rivers' }))).error).toMatchObject({ code: 'ADAPTER_NOT_FOUND' });
  expect(await client.runs.restore({ id: run.id })).toMatchObject({ state: 'finished', adapterId: null });
});

test('what is deleted for good frees its disk space at once, and the rest stays', async () => {
  const { run } = await train('rivers');
  const [dataset] = await client.datasets.list();
  const id = dataset?.id ?? '';
  const { path, id: adapterId } = await client.adapters.get({ id: 'rivers' });
  // A thread keeps the rows file open.
  await client.datasets.rows({ id, filter: {}, offset: 0, limit: 2 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.datasets.delete({ id });
  await client.adapters.delete({ id: adapterId });
  await client.runs.delete({ id: run.id });
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(existsSync(path)).toBe(true);
  await client.deleted.remove({
    things: [
      { noun: 'dataset', id },
      { noun: 'adapter', id: adapterId },
    ],
  });
  expect(existsSync(path)).toBe(false);
  await vi.waitFor(async () => {
    // Where its index is being made meanwhile, the rows file is tried again after a minute.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readdirSync(join(folder, 'data/datasets'))).toEqual([]);
  }, patient);
  expect((await safe(client.datasets.restore({ id }))).error).toMatchObject({ code: 'DATASET_NOT_FOUND' });
  expect(await deletedNames()).toEqual(['run rivers']);
});

test('of conversations and evaluations that are deleted for good, nothing stays', async () => {
  await train('rivers');
  const evaluation = await evaluated();
  const conversation = await client.chat.createConversation({ baseModelId: 'starter' });
  await Array.fromAsync(
    await client.chat.send({ conversationId: conversation.id, text: 'Which river?', adapterId: null }),
  );
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  onTestFinished(() => void database.close());
  const kept = () =>
    ['message', 'evaluation_row'].map((table) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  await client.chat.deleteConversation({ id: conversation.id });
  await client.evaluations.delete({ id: evaluation });
  expect(kept()).toEqual([2, 3]);
  await client.deleted.remove({ things: await client.deleted.list() });
  expect(kept()).toEqual([0, 0]);
  const { error } = await safe(client.chat.restoreConversation({ id: conversation.id }));
  expect(error).toMatchObject({ code: 'CONVERSATION_NOT_FOUND' });
});

test('what was restored meanwhile is not deleted for good', async () => {
  const id = await importRivers();
  await client.datasets.delete({ id });
  const things = await client.deleted.list();
  await client.datasets.restore({ id });
  await client.deleted.remove({ things });
  expect(await client.datasets.list()).toMatchObject([{ id }]);
});

/** The id of an evaluation of three rows. */
async function evaluated(): Promise<string> {
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 3 };
  const { id } = await client.evaluations.start(about);
  await Array.fromAsync(await client.evaluations.watch({ id }));
  return id;
}

// Regression: it came back without its rows.
test('a dataset whose files are being removed can no longer be restored', async () => {
  const id = await importRivers();
  await client.datasets.delete({ id });
  const removed = client.deleted.remove({ things: [{ noun: 'dataset', id }] });
  await vi.waitFor(async () => expect(await client.deleted.list()).toEqual([]), patient);
  expect((await safe(client.datasets.restore({ id }))).error).toMatchObject({ code: 'DATASET_NOT_FOUND' });
  await removed;
  expect(readdirSync(join(folder, 'data/datasets'))).toEqual([]);
});

test('a full disk frees deleted items sooner', async () => {
  await train('rivers');
  const { path } = await client.adapters.get({ id: 'rivers' });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.adapters.delete({ id: 'rivers' });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(existsSync(path)).toBe(true);
  expect(await refusedWith(Object.assign(new Error('no room'), { code: 'ENOSPC' }))).toBe('DISK_FULL');
  await vi.waitFor(() => expect(existsSync(path)).toBe(false), patient);
});

// Regression: a run or a download that was refused because it would not fit took all that could be restored with it.
test('what would not fit, and another disk that is full, leave what was deleted', async () => {
  await train('rivers');
  await client.adapters.delete({ id: 'rivers' });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + day });
  onTestFinished(() => void vi.useRealTimers());
  expect(await refusedWith(diskFull(folder, 50e9))).toBe('DISK_SHORT');
  // Of no other disk, a test knows that it is there.
  expect(await refusedWith(diskFull('/proc', undefined))).toBe('DISK_FULL');
  await client.deleted.remove({ things: [] });
  expect(await deletedNames()).toEqual(['adapter rivers']);
});

// Regression: that it was to be freed could not be written, so that it stayed and the disk full.
test('on a full disk, what was deleted can be deleted for good', async ({ skip }) => {
  const data = join(folder, 'data');
  await app.close();
  const mount = ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', data];
  const isMounted = process.platform === 'linux' && spawnSync('mount', mount).status === 0;
  await open();
  if (!isMounted) skip('a disk in memory cannot be mounted here');
  try {
    const id = await importRivers(20_000);
    await client.datasets.delete({ id });
    expect(() => appendFileSync(join(data, 'ballast'), Buffer.alloc(32e6))).toThrow('ENOSPC');
    await client.deleted.remove({ things: [{ noun: 'dataset', id }] });
    expect(readdirSync(join(data, 'datasets'))).toEqual([]);
  } finally {
    await app.close();
    spawnSync('umount', [data]);
    await open();
  }
});

/** The code of the error when an adapter is imported and the engine fails. */
async function refusedWith(refusal: Error): Promise<unknown> {
  engine.refusal = refusal;
  const taken = join(folder, 'taken');
  mkdirSync(taken, { recursive: true });
  for (const name of ['adapter_config.json', 'adapter_model.safetensors']) writeFileSync(join(taken, name), '{}');
  const { error } = await safe(client.adapters.import({ path: taken }));
  return error instanceof ORPCError ? error.code : error;
}

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
  const [dataset] = await client.datasets.list();
  await client.adapters.delete({ id: 'rivers' });
  await client.datasets.delete({ id: dataset?.id ?? '' });
  await client.deleted.remove({ things: await client.deleted.list() });
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
