import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safe } from '@orpc/server';
import { expect, onTestFinished, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import type { LabOptions } from '../../src-contract/lab.ts';
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
} from '../../test/fixtures/studio-on-fake-engine.ts';
import { openDatabase } from '../database/open.ts';

studioForEachTest();

test('a lab experiment drops duplicate options and refuses surplus ones, and can be restored until it is deleted for good', async () => {
  const pass = { rows: 1, tokens: 8 };
  const options = { passes: [pass, pass], bottlenecks: [4], trials: 3, seeds: [5], ranks: [2, 2] };
  const start = (changes: Partial<LabOptions>) =>
    safe(client.lab.start({ kind: 'table1', baseModelId: 'starter', options: { ...options, ...changes } }));
  // Regression: further seeds and ranks were left out without a word.
  for (const changes of [{ seeds: [5, 6] }, { ranks: [2, 4] }]) {
    const option = Object.keys(changes)[0];
    const data = { option, because: { code: 'LIST_LENGTH', data: { takes: 1, count: 2 } } };
    expect((await start(changes)).error).toMatchObject({ code: 'OPTION_INVALID', data });
  }
  const id = (await start({})).data?.id ?? '';
  // Regression: it said that the experiment cannot be resumed, which nobody had asked.
  expect((await safe(client.lab.delete({ id }))).error).toMatchObject({ code: 'EXPERIMENT_ALREADY_ACTIVE' });
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({
    ...{ state: 'finished', total: 1, cells: [{ key: '1 × 8, width 4' }] },
    options: { passes: [pass], seeds: [5], ranks: [2] },
  });

  await client.lab.delete({ id });
  expect(await client.lab.list()).toEqual([]);
  expect((await client.lab.restore({ id })).cells).toHaveLength(1);
  await client.lab.delete({ id });
  await reopen();
  expect(await client.deleted.list()).toMatchObject([{ noun: 'experiment', id, name: 'table1' }]);
  await client.deleted.remove({ things: [{ noun: 'experiment', id }] });
  expect((await safe(client.lab.restore({ id }))).error).toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
});

// Regression: while the earlier one could be restored, its repeat could not be opened.
test('a repeat whose numbers differ can be opened once the experiment that it repeats is deleted', async () => {
  const pass = { rows: 1, tokens: 8 };
  const options = { passes: [pass], bottlenecks: [4], trials: 3, seeds: [5], ranks: [2] };
  const ended = async (input: object) => {
    const { id } = await client.lab.start({ kind: 'table1', baseModelId: 'starter', options, ...input });
    await Array.fromAsync(await client.lab.watch({ id }));
    return id;
  };
  const earlier = await ended({});
  const repeat = await ended({ repeatOf: earlier });
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  onTestFinished(() => void database.close());
  database.prepare('UPDATE lab_experiment SET repeat_equal = 0, repeat_compared = 1 WHERE id = ?').run(repeat);
  await client.lab.delete({ id: earlier });
  expect(await client.lab.view({ id: repeat, language: 'en' })).toMatchObject({ kind: 'table1' });
});

// Regression: trained cells stayed until the next start, and the rows they had read for as long as the experiment.
test('a lab experiment leaves only its trained cells, and nothing once deleted for good', async () => {
  const datasetId = await importRivers();
  const there = () => readdirSync(join(folder, 'data/lab'), { recursive: true }).filter((name) => name !== 'cells');
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 0 };
  const start = () => client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
  const { id } = await start();
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({ state: 'finished' });
  expect(there()).toContainEqual(expect.stringMatching(/^cells.[0-9a-f]{32}$/));
  expect(there().filter((name) => String(name).startsWith(id))).toEqual([]);

  // An experiment that reuses the cells is deleted while the first remains: its cells stay.
  const { id: other } = await start();
  await Array.fromAsync(await client.lab.watch({ id: other }));
  await client.lab.delete({ id: other });
  await client.deleted.remove({ things: [{ noun: 'experiment', id: other }] });
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  onTestFinished(() => void database.close());
  const known = database.prepare('SELECT id FROM lab_experiment').pluck();
  expect(known.all()).toEqual([id]);
  expect(there()).not.toEqual([]);
  await client.lab.delete({ id });
  await client.deleted.remove({ things: [{ noun: 'experiment', id }] });
  expect(there()).toEqual([]);
  expect(known.all()).toEqual([]);
});

// Regression: the next start removed it, since no part of the experiment referred to it yet: perhaps hours of training.
test('a resumed lab experiment does not retrain a cell it had trained', async () => {
  const datasetId = await importRivers();
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 1 };
  const generate = engine.generate.bind(engine);
  engine.generate = async function* (job, signal) {
    if (job.adapter !== null) throw new StudioError('ENGINE_STOPPED', { reason: 'killed' });
    yield* generate(job, signal);
  };
  const { id } = await client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({ state: 'interrupted', cells: [{}] });
  engine.generate = generate;
  await reopen();
  await client.lab.resume({ id });
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({ state: 'finished', cells: [{}, {}] });
  expect(engine.trained).toHaveLength(1);
});

// Regression: its later parts were of the adapter as it had become, beside those of the adapter as it had been.
test('a lab experiment is not resumed once the adapter that it examines has been trained further', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', name: 'river', options: { maxSteps: 4 } };
  const { id: run } = await client.runs.start(about);
  for await (const event of await client.runs.watch({ id: run })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.stop({ id: run });
  const { id: adapterId } = await client.adapters.get({ id: 'river' });
  engine.analyse = async function* () {
    const norms = { weightNorm: 1, deltaNorm: 1, byDelta: 1, byWeight: 1, byRandom: 1, factor: 1 };
    yield { kind: 'amplification', target: 'q', layer: 0, rank: 8, ...norms };
    throw new StudioError('ENGINE_STOPPED', { reason: 'killed' });
  };
  const { id } = await client.lab.start({ kind: 'table7', baseModelId: 'starter', options: { adapterId } });
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({ state: 'interrupted', cells: [{}] });

  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.resume({ id: run });
  await Array.fromAsync(await client.runs.watch({ id: run }));
  const { error } = await safe(client.lab.resume({ id }));
  expect(error).toMatchObject({ code: 'EXPERIMENT_NOT_RESUMABLE', data: { because: { code: 'ADAPTER_CHANGED' } } });
});

// Regression: its adapter answered the rows as they had become, and its result named those as they had been.
test('a lab experiment keeps to the rows that it was started with', async () => {
  const loaded = Promise.withResolvers<void>();
  engine.loaded = loaded.promise;
  const datasetId = await importRivers();
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 2 };
  const { id } = await client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
  await vi.waitFor(() => expect(engine.trained).toHaveLength(1), patient);
  const replaced = { search: 'river', replacement: 'lake', fields: ['context' as const] };
  await client.versions.replace({ id: datasetId, ...replaced, matchCase: true, isPattern: false });
  loaded.resolve();
  await Array.fromAsync(await client.lab.watch({ id }));
  const asked = (isBase: boolean) =>
    engine.asked.filter(({ adapter }) => (adapter === null) === isBase).map(({ promptIds }) => promptIds);
  expect(asked(true)).toHaveLength(2);
  expect(asked(false)).toEqual(asked(true));
});

// Regression: the caption told of 48 rows where 1 was there, and rows that had been trained on were called unseen.
test('a lab experiment names only what it measures, and compares losses on unseen rows alone', async () => {
  const datasetId = await importRivers();
  const { splits } = await client.datasets.get({ id: datasetId });
  const about = { baseModelId: 'starter', datasetId };
  const options = { steps: 4, validationRows: 99, metricRows: 99, targetSets: [['q' as const]] };
  const few = { validationRows: splits.validation, metricRows: splits.test };
  expect(await client.lab.start({ ...about, kind: 'table6', options })).toMatchObject({
    options: few,
    facts: { splits },
  });
  // This one answers no rows.
  expect(await client.lab.start({ ...about, kind: 'ranktofull', options })).toMatchObject({
    options: { steps: 4, metricRows: 0 },
    facts: { metric: null },
  });
  const alone = await importRivers(1);
  const starting = client.lab.start({ ...about, datasetId: alone, kind: 'table6', options });
  await expect(starting).rejects.toMatchObject({ code: 'OPTION_INVALID', data: { option: 'dataset' } });
});

// Regression: the next start removed them, so every command of the command line lost the result of the one before.
test('the saved result of a lab experiment stays until the experiment is deleted', async () => {
  const datasetId = await importRivers();
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 0 };
  const { id } = await client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
  await Array.fromAsync(await client.lab.watch({ id }));
  const { files } = await client.lab.save({ id, language: 'en' });
  expect(files.length).toBeGreaterThan(0);
  const leftover = join(folder, 'data/lab', id, 'train.safetensors');
  writeFileSync(leftover, '');
  await reopen();
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(existsSync(leftover)).toBe(false);
  await client.lab.delete({ id });
  await reopen();
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  await client.deleted.remove({ things: [{ noun: 'experiment', id }] });
  expect(files.filter((file) => existsSync(file))).toEqual([]);
});

// Regression: the checkpoint was gone before it was noted that the cell is trained: killed in between, it was trained from
// the start, alone, to numbers that differ in the last digits.
test('a trained cell keeps its checkpoint until it is noted, and loses it at the latest at the next start', async () => {
  const datasetId = await importRivers();
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 0 };
  const trainIt = async () => {
    const { id } = await client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
    await Array.fromAsync(await client.lab.watch({ id }));
    return client.lab.get({ id });
  };
  await trainIt();
  const [name = ''] = readdirSync(join(folder, 'data/lab/cells'));
  const cell = join(folder, 'data/lab/cells', name);
  const checkpoint = join(cell, 'checkpoint');
  rmSync(join(cell, 'trained.json'));
  for (const inTheWay of [checkpoint, join(cell, 'trained.json')]) mkdirSync(inTheWay);
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => void told.mockRestore());
  expect((await trainIt()).state).toBe('failed');
  expect(existsSync(checkpoint)).toBe(true);

  rmSync(join(cell, 'trained.json'), { recursive: true });
  expect((await trainIt()).state).toBe('finished');
  expect(existsSync(checkpoint)).toBe(false);
  mkdirSync(checkpoint);
  await reopen();
  expect([existsSync(checkpoint), existsSync(join(cell, 'adapter'))]).toEqual([false, true]);
});

// Regression: a power cut leaves such a file, and no start got past it.
test('an unreadable trained cell does not keep the studio from opening', async () => {
  await app.close();
  const cell = join(folder, 'data/lab/cells/0123456789abcdef0123456789abcdef');
  mkdirSync(cell, { recursive: true });
  writeFileSync(join(cell, 'trained.json'), '');
  await open();
  expect(existsSync(cell)).toBe(false);
});
