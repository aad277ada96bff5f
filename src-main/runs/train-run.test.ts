import fs, { readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { safe } from '@orpc/server';
import { expect, onTestFinished, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import type { RunEvent } from '../../src-contract/run.ts';
import {
  client,
  engine,
  folder,
  importRivers,
  reopen,
  studioForEachTest,
  train,
} from '../../test/fixtures/studio-on-fake-engine.ts';

studioForEachTest();

test('a run trains on token files and produces a verifiable adapter', async () => {
  const { run, events } = await train('rivers');
  expect(run).toMatchObject({ state: 'finished', step: 4, totalSteps: 4, lastLoss: 6, error: null });
  expect(run.result).toMatchObject({
    ...{ steps: 4, tokens: 80, targetTokens: 20, seconds: 8, tokensPerSecond: 10, losses: [9, 8, 7, 6] },
    ...{ baseValidationLoss: 9, bestValidationLoss: 2, peakRssBytes: 77 },
  });
  expect(run.result?.baseSha256After).toBe(run.result?.baseSha256Before);
  expect(events.map(({ kind }) => kind)).toEqual([
    ...['started', 'validation', 'step', 'step', 'step', 'step', 'checkpoint', 'finished'],
  ]);
  expect(events[2]).toMatchObject({ kind: 'step', loss: 9, tokensPerSecond: 10, secondsLeft: expect.closeTo(6, 0) });

  const adapter = await client.adapters.get({ id: 'rivers' });
  expect(adapter).toMatchObject({ id: run.adapterId, task: 'mrc', runId: run.id, rank: 8, targets: ['q', 'v'] });
  expect(readdirSync(adapter.path).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'adapter_studio.json',
  ]);
  expect(await client.adapters.verify({ id: 'rivers' })).toMatchObject({ baseUnchanged: true, scale: 2, rank: 8 });
  // A finished run no longer needs its tokens and checkpoint.
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([]);
});

test('how far the base has loaded is told until the training starts', async () => {
  const loaded = Promise.withResolvers<void>();
  Object.assign(engine, { loading: [0.2, 0.6], loaded: loaded.promise });
  const datasetId = await importRivers();
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 1 } });
  const heard: RunEvent[] = [];
  for await (const event of await client.runs.watch({ id })) {
    heard.push(event);
    if (event.kind === 'loading' && event.share === 0.6) loaded.resolve();
  }
  expect(heard.slice(0, 2)).toEqual([0.2, 0.6].map((share) => ({ kind: 'loading', share })));
  expect(heard.at(2)?.kind).toBe('started');
  const kept = await Array.fromAsync(await client.runs.watch({ id }));
  expect(kept.map(({ kind }) => kind)).toEqual(['started', 'validation', 'step', 'checkpoint', 'finished']);
});

test('a loss spike shows the row as it was trained on, even if the dataset has lost it since', async () => {
  // Regression: the run failed because the row was looked up in the newest version.
  engine.losses = [...Array<number>(13).fill(1), 50];
  engine.pauseAfter = 13;
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 14 } };
  const { id, datasetVersion } = await client.runs.start(about);
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 13) break;
  await client.runs.pause({ id });
  const { examples } = await client.datasets.examples({ id: datasetId, split: 'train', offset: 0, limit: 1 });
  const [row] = examples;
  if (row === undefined) throw new Error('there are training rows');
  await client.versions.deleteRows({ id: datasetId, positions: [row.position] });

  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.resume({ id });
  const events = await Array.fromAsync(await client.runs.watch({ id }));
  expect(await client.runs.get({ id })).toMatchObject({ state: 'finished', error: null });
  const rows = [{ exampleId: row.id, asked: 'Question: Which river is long?', loss: 51 }];
  expect(events.find(({ kind }) => kind === 'spike')).toEqual({ kind: 'spike', step: 14, loss: 50, usual: 1, rows });
  const found = await client.datasets.example({ datasetId, exampleId: row.id, version: datasetVersion });
  expect(found).toMatchObject({ context: row.context, target: row.target });
});

// Regression: rows were named by their index in a file of the run, which nobody can look up.
test('a diverged run names the rows and cannot be resumed', async () => {
  const datasetId = await importRivers();
  const { examples } = await client.datasets.examples({ id: datasetId, split: 'train', offset: 0, limit: 3 });
  engine.failure = new StudioError('RUN_DIVERGED', { step: 1, rows: '0, 2' });
  const { run, events } = await train('bad');
  const ids = [examples[0]?.id, examples[2]?.id];
  const failure = { code: 'RUN_DIVERGED', message: expect.stringContaining(`(rows ${ids.join(', ')})`) };
  expect(run).toMatchObject({ state: 'failed', adapterId: null, error: failure });
  const told = events.find((event) => event.kind === 'spike');
  expect(told?.rows.map(({ exampleId }) => exampleId)).toEqual(ids);
  const { error } = await safe(client.runs.resume({ id: run.id }));
  expect(error).toMatchObject({ code: 'RUN_NOT_RESUMABLE' });
});

test('a taken name, a missing matrix, an excessive length and an unknown base are refused up front', async () => {
  await train('rivers');
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter' };
  const codeOf = async (call: Promise<unknown>) => ((await safe(call)).error as { code?: string } | null)?.code;
  expect(await codeOf(client.runs.start({ ...about, name: 'rivers' }))).toBe('OPTION_INVALID');
  expect(await codeOf(client.runs.start({ ...about, name: 'x', options: { targets: ['up'] } }))).toBe('OPTION_INVALID');
  expect(await codeOf(client.runs.start({ ...about, name: 'x', options: { maxLength: 9999 } }))).toBe('OPTION_INVALID');
  expect(await codeOf(client.runs.start({ ...about, baseModelId: 'none', name: 'x' }))).toBe('BASE_MODEL_NOT_FOUND');
  expect(engine.trained).toHaveLength(1);
});

// Regression: where another program held a file of it, it had failed though its adapter was there.
test('a run that cannot remove what it no longer needs has finished all the same', async () => {
  const about = { datasetId: await importRivers(), baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } };
  const { rm } = fs.promises;
  let isHeld = true;
  fs.promises.rm = async (path, options) => {
    if (isHeld && dirname(`${path}`) === join(folder, 'data/runs'))
      throw Object.assign(new Error('EBUSY: held'), { code: 'EBUSY' });
    await rm(path, options);
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    fs.promises.rm = rm;
    syncBuiltinESMExports();
  });
  const { id } = await client.runs.start(about);
  await Array.fromAsync(await client.runs.watch({ id }));
  expect(await client.runs.get({ id })).toMatchObject({ state: 'finished', error: null });
  expect((await client.adapters.get({ id: 'r' })).sha256).toBe('sha of weights of step 4');
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([id]);

  isHeld = false;
  await reopen();
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([]);
});

test('a run that continues an adapter reports the starting loss of adapter and base', async () => {
  const { run: first } = await train('begun');
  const { run, events } = await train('gone on', { maxSteps: 4, initAdapterId: first.adapterId });
  expect(events[1]).toEqual({ kind: 'validation', step: 0, best: false, loss: 3, base: { loss: 9 } });
  expect(run.result).toMatchObject({ baseValidationLoss: 9, startValidationLoss: 3 });
  expect(first.result?.startValidationLoss).toBeNull();
});

// Regression: a lower learning rate was advised when weights of 1e30 gave NaN before the first step.
test.each([
  { step: 0, rows: '0', split: 'validation' as const },
  { step: 1, rows: '0, 2', split: 'train' as const },
])('an initial adapter that yields NaN is named as the cause: $split', async (diverged) => {
  const { run: first } = await train('begun');
  engine.failure = new StudioError('RUN_DIVERGED', diverged);
  const { run } = await train('gone on', { maxSteps: 4, initAdapterId: first.adapterId });
  expect(run.error).toMatchObject({ code: 'MODEL_WITHOUT_NUMBERS', message: expect.stringContaining('“begun”') });
});

test('a run can be repeated, and records the machine it ran on', async () => {
  const { run } = await train('rivers');
  expect(run.machine).toMatchObject({ backend: 'fake', device: 'nothing', studio: expect.any(String) });
  const again = await client.runs.repeat({ id: run.id });
  await Array.fromAsync(await client.runs.watch({ id: again.id }));
  const repeated = await client.runs.get({ id: again.id });
  expect(repeated).toMatchObject({ name: 'rivers 2', repeats: run.id, options: run.options, state: 'finished' });
  const shaOf = async (id: string | null) => (await client.adapters.get({ id: id ?? '' })).sha256;
  expect(await shaOf(repeated.adapterId)).toBe(await shaOf(run.adapterId));
  await client.datasets.delete({ id: run.datasetId });
  expect((await safe(client.runs.repeat({ id: run.id }))).error).toMatchObject({ code: 'RUN_NOT_REPEATABLE' });
});

// Regression: it was said to be another adapter, since earlier versions hashed only the weights, and later ones
// everything that matters.
test('repeating a run of an earlier version yields the same adapter', async () => {
  const { run } = await train('rivers');
  const inspect = engine.inspectAdapter.bind(engine);
  engine.inspectAdapter = async (job) => ({
    ...(await inspect(job)),
    sha256: 'of the weights, the scale and the rest',
  });
  const shaOf = async (id: string | null) => (await client.adapters.get({ id: id ?? '' })).sha256;
  const { id } = await client.runs.repeat({ id: run.id });
  await Array.fromAsync(await client.runs.watch({ id }));
  expect(await shaOf((await client.runs.get({ id })).adapterId)).toBe(await shaOf(run.adapterId));
  const { run: other } = await train('other');
  expect(await shaOf(other.adapterId)).toBe('of the weights, the scale and the rest');
});

// Regression: the repeat began with what the adapter had become, and counted as the same run.
test('a run cannot be repeated once its initial adapter has been trained further', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', name: 'begun', options: { maxSteps: 4 } };
  const { id } = await client.runs.start(about);
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.stop({ id });
  await Array.fromAsync(await client.runs.watch({ id }));
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  const begun = await client.adapters.get({ id: 'begun' });
  const { run } = await train('gone on', { maxSteps: 4, initAdapterId: begun.id });
  expect(run.initialSha256).toBe(begun.sha256);
  const again = await client.runs.repeat({ id: run.id });
  await Array.fromAsync(await client.runs.watch({ id: again.id }));
  expect((await client.runs.get({ id: again.id })).initialSha256).toBe(begun.sha256);

  await client.runs.resume({ id });
  await Array.fromAsync(await client.runs.watch({ id }));
  const { error } = await safe(client.runs.repeat({ id: run.id }));
  const reason = expect.stringContaining('has been trained further since then');
  expect(error).toMatchObject({ code: 'RUN_NOT_REPEATABLE', data: { reason } });
});
