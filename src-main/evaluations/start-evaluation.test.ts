import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getEventMeta, safe } from '@orpc/server';
import { expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import {
  app,
  client,
  engine,
  folder,
  holdAnswers,
  importRivers,
  open,
  page,
  studioForEachTest,
  train,
} from '../../test/fixtures/studio-on-fake-engine.ts';

studioForEachTest();

test('an evaluation measures the base, then the adapters, and keeps every answer', async () => {
  await train('rivers');
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter', adapterIds: ['rivers'], split: 'train' as const, limit: 3 };
  const { id } = await client.evaluations.start(about);
  const events = await Array.fromAsync(await client.evaluations.watch({ id }));
  expect(events.map(({ kind }) => kind)).toEqual([
    ...['progress', 'progress', 'progress', 'result', 'progress', 'progress', 'progress', 'result', 'finished'],
  ]);
  // A reconnecting client continues from the last event it has seen, without replaying everything.
  const seen = getEventMeta(events[6])?.id ?? '';
  const rest = await Array.fromAsync(await client.evaluations.watch({ id }, { lastEventId: seen }));
  expect(rest.map(({ kind }) => kind)).toEqual(['result', 'finished']);
  const evaluation = await client.evaluations.get({ id });
  expect(evaluation).toMatchObject({ state: 'finished', mainMetric: 'exactMatch' });
  expect(evaluation.results.map(({ adapter, n }) => [adapter, n])).toEqual([
    ['starter', 3],
    ['rivers', 3],
  ]);
  expect(evaluation.results[0]?.metrics).toMatchObject({ loss: 0.5, perplexity: Math.exp(0.5), exactMatch: 0 });
  const { total, rows } = await client.evaluations.rows({ id, offset: 1, limit: 10 });
  expect(total).toBe(3);
  expect(rows).toHaveLength(2);
  expect(rows[0]?.answers).toHaveLength(2);
  // Base and adapter give the same answers here.
  const [comparison] = evaluation.comparisons;
  expect(comparison).toMatchObject({
    metric: 'exactMatch',
    of: 1,
    against: 0,
    better: 0,
    worse: 0,
    same: 3,
    sure: false,
  });
  const adapter = await client.adapters.get({ id: 'rivers' });
  expect(evaluation.provenance).toMatchObject({
    ...{ language: 'en', dataset: { version: 1 }, adapters: [{ name: 'rivers', sha256: adapter.sha256 }] },
    answersSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });

  const csv = await client.evaluations.csv({ id });
  expect(csv.name).toMatch(/^rivers-train-\d{4}-\d\d-\d\d\.csv$/);
  expect(csv.text.split('\r\n')[0]).toBe(
    'id,context,target,base: starter,base: starter: exactMatch,base: starter: f1,base: starter: loss,' +
      'rivers,rivers: exactMatch,rivers: f1,rivers: loss',
  );
  const { text: report } = await page.evaluations.report({ id, language: 'en' });
  expect(report).toContain('rivers does no better and no worse than the base model on any of 3 rows.');
  expect(report).toContain(adapter.sha256);
  expect(report.match(/<svg/g)).toHaveLength(2);
  expect(report).not.toMatch(/<script|https?:\/\//);
  expect((await client.evaluations.report({ id, language: 'ko' })).text).toContain('좋아졌습니까?');

  await client.evaluations.delete({ id });
  expect(await client.evaluations.list()).toEqual([]);
  expect((await client.evaluations.restore({ id })).id).toBe(id);
});

// Regression: all answers were wrong that were not the target word for word, as no letter is.
test('how answers to any texts are measured follows from the targets, and can be chosen', async () => {
  const path = join(folder, 'mails.csv');
  const letter = (n: number) =>
    `Dear customer ${n}, your parcel has left our house today and will be with you tomorrow.`;
  writeFileSync(
    path,
    `context,target\n${Array.from({ length: 20 }, (_, n) => `mail ${n},"${letter(n)}"`).join('\n')}\n`,
  );
  for await (const _ of await client.datasets.import({ source: { kind: 'path', path }, task: 'custom' }));
  expect(await client.evaluations.measure({ datasetId: 'mails' })).toEqual({ measure: 'rougeL', kind: 'free' });
  const about = { datasetId: 'mails', baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 2 };
  const measured = async (changed: object) => {
    const { id } = await client.evaluations.start({ ...about, ...changed });
    await Array.fromAsync(await client.evaluations.watch({ id }));
    const { mainMetric, results } = await client.evaluations.get({ id });
    return [mainMetric, Object.keys(results[0]?.metrics ?? {}).includes(mainMetric)];
  };
  expect(await measured({})).toEqual(['rougeL', true]);
  expect(await measured({ measure: 'exactMatch' })).toEqual(['exactMatch', true]);

  // Regression: nor is an answer to a question, if it is a sentence.
  const questions = Array.from({ length: 20 }, (_, n) => `mail ${n},Where is it?,"${letter(n)}"`);
  writeFileSync(join(folder, 'asked.csv'), `passage,question,answer\n${questions.join('\n')}\n`);
  const asked = { kind: 'path', path: join(folder, 'asked.csv') } as const;
  for await (const _ of await client.datasets.import({ source: asked, task: 'mrc' }));
  expect(await measured({ datasetId: 'asked' })).toEqual(['rougeL', true]);
  expect(await measured({ datasetId: 'asked', measure: 'exactMatch' })).toEqual(['exactMatch', true]);

  const mapping = { document: 'context', summary: 'target' };
  const summaries = { source: { kind: 'path', path } as const, task: 'summarisation' as const, name: 'short', mapping };
  for await (const _ of await client.datasets.import(summaries));
  const { error } = await safe(client.evaluations.start({ ...about, datasetId: 'short', measure: 'rougeL' }));
  expect(error).toMatchObject({ code: 'OPTION_INVALID', data: { because: { code: 'MEASURE_FIXED' } } });
});

// An adapter looked clearly better on rows that had been divided again since it was trained: it had learned most of them.
test('an evaluation tells how many of its rows the adapter was trained on', async () => {
  const { run } = await train('rivers');
  const id = run.datasetId;
  const seenIn = async (split: 'train' | 'test') => {
    const about = { datasetId: id, baseModelId: 'starter', adapterIds: ['rivers'], split };
    const evaluation = await client.evaluations.start(about);
    await Array.fromAsync(await client.evaluations.watch({ id: evaluation.id }));
    return (await client.evaluations.get({ id: evaluation.id })).provenance?.adapters[0]?.seen;
  };
  expect(await seenIn('test')).toBeUndefined();
  const before = await splitsOf(id);
  const by = { kind: 'shares', validation: 0.1, test: 0.5, seed: 7, together: 'group' } as const;
  await Array.fromAsync(await client.datasets.dealSplits({ id, by }));
  const after = await splitsOf(id);
  const learned = [...after.test].filter((context) => before.train.has(context)).length;
  expect(learned).toBeGreaterThan(0);
  expect(await seenIn('test')).toBe(learned);
  expect(await seenIn('train')).toBeUndefined();
});

async function splitsOf(id: string) {
  const of = async (split: 'train' | 'test') => {
    const { examples } = await client.datasets.examples({ id, split, offset: 0, limit: 100 });
    return new Set(examples.map(({ context }) => context));
  };
  return { train: await of('train'), test: await of('test') };
}

// Regression: whoever followed it got an internal error.
test('an evaluation or a score of a model that yields NaN fails and names the model', async () => {
  const datasetId = await importRivers();
  engine.logprob = Number.NaN;
  const { id } = await client.evaluations.start({ datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' });
  await Array.fromAsync(await client.evaluations.watch({ id }));
  const error = { code: 'MODEL_WITHOUT_NUMBERS', message: expect.stringContaining('“starter”') };
  expect(await client.evaluations.get({ id })).toMatchObject({ state: 'failed', error });
  const what = { kind: 'pair', context: 'A b', target: 'c' } as const;
  const { error: refused } = await safe(client.chat.score({ baseModelId: 'starter', adapterId: null, what }));
  expect(refused).toMatchObject({ code: 'MODEL_WITHOUT_NUMBERS' });
});

// Regression: after the engine died a resume was suggested, and there was none.
test('an interrupted evaluation resumes with the first model not fully measured', async () => {
  await train('rivers');
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter', adapterIds: ['rivers'], split: 'train' as const, limit: 3 };
  const generate = engine.generate;
  let answers = 0;
  engine.generate = async function* (job, signal) {
    // In the middle of the adapter's answers.
    if (++answers === 5) throw new StudioError('ENGINE_STOPPED', { reason: 'out of memory' });
    yield* generate.call(this, job, signal);
  };
  const { id } = await client.evaluations.start(about);
  await Array.fromAsync(await client.evaluations.watch({ id }));
  const cut = await client.evaluations.get({ id });
  expect(cut).toMatchObject({ state: 'interrupted', results: [{ adapter: 'starter' }] });
  await client.evaluations.resume({ id });
  const events = await Array.fromAsync(await client.evaluations.watch({ id }));
  expect(events.at(-1)).toMatchObject({ kind: 'finished', evaluation: { state: 'finished' } });
  // Five before, of which the fourth and fifth were the adapter's, and all three of the adapter's once more.
  expect(answers).toBe(8);
  const { results, provenance, comparisons } = await client.evaluations.get({ id });
  expect(results.map(({ adapter, n }) => [adapter, n])).toEqual([
    ['starter', 3],
    ['rivers', 3],
  ]);
  expect(results[0]).toEqual(cut.results[0]);
  expect(comparisons[0]).toMatchObject({ better: 0, worse: 0, same: 3 });
  expect(provenance?.answersSha256).not.toBe(cut.provenance?.answersSha256);
  const { rows } = await client.evaluations.rows({ id, offset: 0, limit: 10 });
  expect(rows.map((row) => row.answers.length)).toEqual([2, 2, 2]);
  const { error } = await safe(client.evaluations.resume({ id }));
  expect(error).toMatchObject({ code: 'EVALUATION_NOT_RESUMABLE', data: { because: { code: 'HAS_FINISHED' } } });
});

// Regression: it was refused as one that goes on, and never went on where no studio takes up work.
test('an evaluation left queued can be resumed on its own', async () => {
  const held = holdAnswers();
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 3 };
  await client.evaluations.start(about);
  const { id } = await client.evaluations.start(about);
  const closing = app.close();
  held.resolve();
  await closing;
  await open();
  await client.evaluations.resume({ id });
  await Array.fromAsync(await client.evaluations.watch({ id }));
  expect((await client.evaluations.get({ id })).state).toBe('finished');
});

// Regression: it was said to be a training that goes on.
test('an evaluation that is running or waiting cannot be deleted', async () => {
  const held = holdAnswers();
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 3 };
  for (const { id } of [await client.evaluations.start(about), await client.evaluations.start(about)]) {
    const { error } = await safe(client.evaluations.delete({ id }));
    expect(error).toMatchObject({ code: 'EVALUATION_ALREADY_ACTIVE', data: { evaluation: id } });
  }
  held.resolve();
});
