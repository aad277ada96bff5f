import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { safe } from '@orpc/server';
import { expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import type { Run, RunEvent } from '../../src-contract/run.ts';
import {
  client,
  engine,
  folder,
  importRivers,
  reopen,
  stepsOf,
  studioForEachTest,
  train,
} from '../../test/fixtures/studio-on-fake-engine.ts';
import { openDatabase } from '../database/open.ts';

studioForEachTest();

test('a stopped run keeps what it learnt and can be resumed, updating the same adapter', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } });
  for await (const event of await client.runs.watch({ id })) {
    if (event.kind === 'step' && event.step === 2) break;
  }
  expect((await client.studio.status()).jobs).toMatchObject([{ kind: 'run', id, name: 'r', total: 4 }]);
  await client.runs.stop({ id });
  const stopped = await client.runs.get({ id });
  expect(stopped).toMatchObject({ state: 'stopped', step: 2, result: { steps: 2, losses: [9, 8] } });
  const kept = await client.adapters.get({ id: 'r' });
  expect(kept.sha256).toBe('sha of weights of step 2');

  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.resume({ id });
  const events = await Array.fromAsync(await client.runs.watch({ id }));
  expect(stepsOf(events)).toEqual([1, 2, 3, 4]);
  expect(events.filter(({ kind }) => kind === 'started')).toHaveLength(1);
  expect(events.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
  const resumed = await client.runs.get({ id });
  expect(resumed.result).toMatchObject({ steps: 4, losses: [9, 8, 7, 6], tokens: 80 });
  const adapters = await client.adapters.list();
  expect(adapters.map(({ name, sha256 }) => [name, sha256])).toEqual([['r', 'sha of weights of step 4']]);
  expect(resumed.adapterId).toBe(adapters[0]?.id);
  expect(resumed.adapterId).toBe(stopped.adapterId);
  // Regression: the earlier files went at once, although an evaluation, an export or an answer may be reading them.
  const paths = [kept.path, adapters[0]?.path ?? ''];
  expect(readdirSync(join(folder, 'data/adapters'))).toEqual(paths.map((path) => basename(path)).sort());
  await reopen();
  expect(readdirSync(join(folder, 'data/adapters'))).toEqual([basename(paths[1] ?? '')]);
  // Regression: its size was said to be 0, as if nothing were left to restore.
  await client.adapters.delete({ id: 'r' });
  expect((await client.deleted.list())[0]?.bytes).toBeGreaterThan('weights of step 4'.length);
});

// Regression: it stayed queued, and could neither begin nor be stopped.
test('a run whose resuming fails is not left in the queue', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  engine.pauseAfter = 1;
  const datasetId = await importRivers();
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await client.runs.stop({ id });
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  database.exec(`CREATE TRIGGER full BEFORE DELETE ON job_event BEGIN SELECT RAISE(FAIL, 'full'); END`);
  await expect(client.runs.resume({ id })).rejects.toThrow();
  expect(await client.runs.get({ id })).toMatchObject({ state: 'stopped' });
  database.exec('DROP TRIGGER full');
  database.close();
  log.mockRestore();
});

/** A run killed after the engine wrote its checkpoint of step 3, with only the first step's events stored. */
async function killedAtCheckpoint(): Promise<Run> {
  const numbers = { learningRate: 0.1, gradientNorm: 1, tokens: 20, targetTokens: 5, seconds: 2, rssBytes: 7 };
  const worst = { row: 0, loss: 1 };
  const stepAt = (step: number) => ({ kind: 'step' as const, step, loss: 10 - step, ...numbers, worst });
  const trainOn = engine.train.bind(engine);
  engine.train = async function* (job) {
    const facts = { trainRows: 3, validationRows: 1, trainableParameters: 256, totalParameters: 1000 };
    const device = { backend: 'fake', device: 'nothing', precision: 'float32' as const };
    yield { kind: 'started', totalSteps: 4, step: 0, ...facts, ...device };
    yield { kind: 'validation', step: 0, loss: 9, best: false, answers: [] };
    yield stepAt(1);
    yield { kind: 'checkpoint', step: 1 };
    mkdirSync(job.checkpointFolder, { recursive: true });
    writeFileSync(join(job.checkpointFolder, 'step'), '3');
    throw new StudioError('ENGINE_STOPPED', { reason: 'killed' });
  };
  const { run, events } = await train('killed');
  expect([run.state, stepsOf(events)]).toEqual(['interrupted', [1]]);

  engine.train = trainOn;
  const measured = { kind: 'validation' as const, step: 2, loss: 5, best: true, answers: [] };
  engine.told = [stepAt(1), stepAt(2), measured, stepAt(3), { kind: 'checkpoint', step: 3 }];
  return run;
}

test('resuming a run reports the events before its checkpoint that were never stored', async () => {
  const run = await killedAtCheckpoint();
  await client.runs.resume({ id: run.id });
  const resumed = await Array.fromAsync(await client.runs.watch({ id: run.id }));
  expect(resumed.map((event) => `${event.kind}${'step' in event ? ` ${event.step}` : ''}`)).toEqual([
    ...[
      'started',
      'validation 0',
      'step 1',
      'checkpoint 1',
      'step 2',
      'validation 2',
      'step 3',
      'checkpoint 3',
      'step 4',
      'checkpoint 4',
    ],
    'finished',
  ]);
  const { result } = await client.runs.get({ id: run.id });
  expect(result).toMatchObject({ losses: [9, 8, 7, 6], tokens: 80, targetTokens: 20, seconds: 8, bestStep: 2 });
});

// Regression: its tokens were counted and its losses were not.
test('stopping a run that is queued to resume reports the events never stored, too', async () => {
  const { id } = await killedAtCheckpoint();
  engine.pauseAfter = 2;
  const { datasetId } = await client.runs.get({ id });
  const about = { datasetId, baseModelId: 'starter', options: { maxSteps: 4 } };
  const other = await client.runs.start({ ...about, name: 'other' });
  for await (const event of await client.runs.watch({ id: other.id })) if (event.kind === 'step') break;
  expect((await client.runs.resume({ id })).state).toBe('queued');
  await client.runs.stop({ id });
  const { state, result } = await client.runs.get({ id });
  expect({ state, ...result }).toMatchObject({ state: 'stopped', steps: 3, losses: [9, 8, 7], tokens: 60 });
  await client.runs.stop({ id: other.id });
});

test('a paused run makes no adapter; stopping it while it is queued to resume makes one', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const start = (name: string) =>
    client.runs.start({ datasetId, baseModelId: 'starter', name, options: { maxSteps: 4 } });
  const { id } = await start('r');
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.pause({ id });
  expect(await client.runs.get({ id })).toMatchObject({ state: 'paused', step: 2, adapterId: null });

  // Another one is training; the first is queued again, and stopped before its turn.
  const { id: other } = await start('other');
  for await (const event of await client.runs.watch({ id: other })) if (event.kind === 'step') break;
  expect((await client.runs.resume({ id })).state).toBe('queued');
  await client.runs.stop({ id });
  const { state, adapterId, result } = await client.runs.get({ id });
  expect({ state, steps: result?.steps }).toEqual({ state: 'stopped', steps: 2 });
  expect((await client.adapters.get({ id: adapterId ?? '' })).sha256).toBe('sha of weights of step 2');
  await client.runs.stop({ id: other });
});

/** The next adapter that is inspected, as when a stopped run is kept, waits until `goOn` is resolved. */
function holdInspection() {
  const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const inspect = engine.inspectAdapter.bind(engine);
  engine.inspectAdapter = async (job) => {
    reached.resolve();
    await goOn.promise;
    return inspect(job);
  };
  return { reached, goOn };
}

// Regression: each stop trained in the run's folder on its own, and made an adapter of its own.
test('a paused run stopped twice makes one adapter, and cannot be resumed or deleted meanwhile', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, name: 'r' });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.pause({ id });

  const { reached, goOn } = holdInspection();
  const stops = [client.runs.stop({ id }), client.runs.stop({ id })];
  await reached.promise;
  for (const call of [client.runs.resume({ id }), client.runs.delete({ id })]) {
    expect((await safe(call as Promise<unknown>)).error).toMatchObject({ code: 'RUN_ALREADY_ACTIVE' });
  }
  goOn.resolve();
  await Promise.all(stops);
  const { state, adapterId } = await client.runs.get({ id });
  expect(state).toBe('stopped');
  expect((await client.adapters.list()).map((adapter) => adapter.id)).toEqual([adapterId]);
  expect(engine.trained).toHaveLength(2);
  const told = await Array.fromAsync(await client.runs.watch({ id }));
  expect(told.filter(({ kind }) => kind === 'finished')).toEqual([{ kind: 'finished', state: 'stopped', adapterId }]);
});

// Regression: the other one was put into the queue while it was ending, and trained on though it had been stopped.
test('a run resumed while one that trained with it is ending leaves that one alone', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4] } });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.pause({ id });
  const other = (await client.runs.list()).find((run) => run.id !== id)?.id ?? '';

  const { reached, goOn } = holdInspection();
  const stopping = client.runs.stop({ id });
  await reached.promise;
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.resume({ id: other });
  goOn.resolve();
  await stopping;
  await Array.fromAsync(await client.runs.watch({ id: other }));
  const states = (await client.runs.list()).map(({ name, state, step }) => `${name}: ${state} ${step}`);
  expect(states.toSorted()).toEqual(['r · r 4: finished 4', 'r: stopped 2']);
});

// Regression: the stop did nothing if there was nothing to keep, and such a run stayed paused for good.
test('stopping a paused run ends it, even with nothing to keep', async () => {
  const datasetId = await importRivers();
  const path = join(folder, 'other-model');
  cpSync(join(folder, 'resources/starter-model'), path, { recursive: true });
  writeFileSync(join(path, 'model.safetensors'), 'other weights');
  const base = await client.baseModels.import({ path, name: 'other' });
  const start = (name: string, baseModelId = 'starter') =>
    client.runs.start({ datasetId, baseModelId, name, options: { maxSteps: 4 } });
  const rests = async (name: string, step: number) => {
    await client.runs.pause({ id: name });
    expect(await client.runs.get({ id: name })).toMatchObject({ state: 'paused', step });
  };
  const ends = async (name: string, step: number) => {
    await client.runs.stop({ id: name });
    expect(await client.runs.get({ id: name })).toMatchObject({ state: 'stopped', step });
  };
  const tells = async (name: string, isIt: (event: RunEvent) => boolean) => {
    for await (const event of await client.runs.watch({ id: name })) if (isIt(event)) return;
  };

  engine.pauseAfter = 0;
  await start('unbegun');
  await tells('unbegun', ({ kind }) => kind === 'started');
  await start('waiting');
  for (const name of ['waiting', 'unbegun']) {
    await rests(name, 0);
    await ends(name, 0);
  }

  engine.pauseAfter = 2;
  await start('kept');
  await tells('kept', (event) => event.kind === 'step' && event.step === 2);
  await ends('kept', 2);
  await client.runs.resume({ id: 'kept' });
  await rests('kept', 2);
  await ends('kept', 2);

  await start('without base', base.id);
  await tells('without base', (event) => event.kind === 'step' && event.step === 2);
  await rests('without base', 2);
  await client.baseModels.delete({ id: base.id });
  await ends('without base', 2);
});

test('a run cannot be resumed once its initial adapter is deleted', async () => {
  const { run: first } = await train('begun');
  engine.pauseAfter = 1;
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const options = { maxSteps: 4, initAdapterId: first.adapterId };
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'gone on', options });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await client.runs.stop({ id });
  await Array.fromAsync(await client.runs.watch({ id }));
  await client.adapters.delete({ id: first.adapterId ?? '' });
  const { error } = await safe(client.runs.resume({ id }));
  expect(error).toMatchObject({ code: 'RUN_NOT_RESUMABLE', data: { reason: expect.stringContaining('was deleted') } });
});
