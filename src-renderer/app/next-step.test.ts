import { expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Conversation } from '../../src-contract/chat.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { Run } from '../../src-contract/run.ts';
import { type Belongings, nextStep } from './next-step.ts';

// Only the fields that the rules read; the casts are sound because nothing else is looked at.
const nothing: Belongings = {
  datasets: [],
  runs: [],
  adapters: [],
  conversations: [],
  evaluations: [],
  tables: [],
  baseModels: [],
};
const dataset = { id: 'd', splits: { train: 80, validation: 10, test: 10 } } as Dataset;
const adapter = { id: 'a', datasetId: 'd' } as Adapter;
const talk = { messages: 2 } as Conversation;
const evaluation = {
  state: 'finished',
  mainMetric: 'exactMatch',
  comparisons: [],
  results: [
    { adapterId: null, metrics: { exactMatch: 0.1 } },
    { adapterId: 'a', metrics: { exactMatch: 0.6 } },
  ],
} as unknown as Evaluation;

test('suggests importing examples when there is nothing yet', () => {
  expect(nextStep(nothing).kind).toBe('bring');
});

test('suggests training once there is a dataset', () => {
  expect(nextStep({ ...nothing, datasets: [dataset] })).toEqual({ kind: 'train', dataset });
});

test('suggests watching a run in progress', () => {
  const run = { state: 'running' } as Run;
  expect(nextStep({ ...nothing, datasets: [dataset], runs: [run] })).toEqual({ kind: 'watch', run });
});

// The newest was named as being trained, with an empty bar, while it waited for the one that was.
test('suggests watching the run under way, and while none is, the first in the queue', () => {
  const [third, second] = [{ state: 'queued', queuePlace: 2 } as Run, { state: 'queued', queuePlace: 1 } as Run];
  const first = { state: 'running', queuePlace: null } as Run;
  const kind = 'watch';
  expect(nextStep({ ...nothing, datasets: [dataset], runs: [third, second, first] })).toEqual({ kind, run: first });
  expect(nextStep({ ...nothing, datasets: [dataset], runs: [third, second] })).toEqual({ kind, run: second });
  const later = { state: 'running', awaitsTurn: true } as Run;
  expect(nextStep({ ...nothing, datasets: [dataset], runs: [first, later] })).toEqual({ kind, run: first });
});

// A paused run was mentioned nowhere on the home page, which suggested another training instead.
test('suggests resuming the newest run if it was interrupted or paused', () => {
  for (const state of ['interrupted', 'paused'] as const) {
    const run = { state } as Run;
    expect(nextStep({ ...nothing, datasets: [dataset], runs: [run] })).toEqual({ kind: 'resume', run });
    const newer = { state: 'finished' } as Run;
    expect(nextStep({ ...nothing, datasets: [dataset], runs: [newer, run] }).kind).toBe('train');
  }
});

test('suggests chatting with an adapter that has no conversation yet', () => {
  expect(nextStep({ ...nothing, datasets: [dataset], adapters: [adapter] }).kind).toBe('chat');
});

test('suggests measuring an unmeasured adapter on the test rows', () => {
  const has = { ...nothing, datasets: [dataset], adapters: [adapter], conversations: [talk] };
  expect(nextStep(has)).toEqual({ kind: 'measure', adapter, testRows: 10 });
});

// It suggested to measure it on whatever other dataset of its task there was.
test('suggests measuring no adapter without its own dataset', () => {
  const left = { id: 'b', datasetId: null } as Adapter;
  const has = { ...nothing, datasets: [dataset], adapters: [left], conversations: [talk] };
  expect(nextStep(has)).toEqual({ kind: 'train', dataset });
  expect(nextStep({ ...has, adapters: [left, adapter] })).toMatchObject({ kind: 'measure', adapter });
});

test('suggests waiting for an adapter that is being measured', () => {
  const measuring = { state: 'running', adapterIds: [adapter.id] } as Evaluation;
  const has = { ...nothing, datasets: [dataset], adapters: [adapter], conversations: [talk], evaluations: [measuring] };
  expect(nextStep(has)).toEqual({ kind: 'measuring', adapter, evaluation: measuring });
});

const answered = { adapterId: 'a' } as AnsweredTable;
const done = { ...nothing, datasets: [dataset], conversations: [talk], tables: [answered] };
const comparison = { metric: 'exactMatch', of: 1, against: 0, difference: 0.5, better: 5, worse: 0, sure: false };
const open = { ...evaluation, comparisons: [comparison] } as Evaluation;

test('suggests improving an adapter whose gain could be chance', () => {
  expect(nextStep({ ...done, adapters: [adapter], evaluations: [open] })).toMatchObject({ kind: 'improve', adapter });
  const sure = { ...evaluation, comparisons: [{ ...comparison, sure: true }] } as Evaluation;
  expect(nextStep({ ...done, adapters: [adapter], evaluations: [sure] }).kind).toBe('another');
});

test('suggests repeating training on the starter model with a larger base model once there is one', () => {
  const baseModels = [
    { id: 'starter', builtIn: true },
    { id: 'larger', builtIn: false },
  ] as BaseModel[];
  const small = { ...adapter, baseModelId: 'starter' };
  const has = { ...done, baseModels, adapters: [small], evaluations: [open] };
  expect(nextStep(has)).toEqual({ kind: 'larger', adapter: small, dataset, baseModel: baseModels[1] });
  expect(nextStep({ ...has, baseModels: baseModels.slice(0, 1) }).kind).toBe('improve');
  const large = { ...adapter, id: 'b', baseModelId: 'larger' };
  const both = { ...open, results: [...open.results, { adapterId: 'b', metrics: { exactMatch: 1 } }] } as Evaluation;
  expect(nextStep({ ...has, adapters: [small, large], evaluations: [both] }).kind).toBe('improve');
});

// After a quick run, which only shows whether the rows make sense, it told the person to bring another table.
test('suggests longer training when a single epoch has helped', () => {
  const quick = { datasetId: 'd', state: 'finished', options: { epochs: 1 } } as Run;
  const has = { ...done, adapters: [adapter], evaluations: [evaluation], runs: [quick] };
  expect(nextStep(has)).toEqual({ kind: 'longer', adapter, dataset, epochs: 3 });
  const balanced = { ...quick, options: { epochs: 3 } } as Run;
  expect(nextStep({ ...has, runs: [quick, balanced] }).kind).toBe('another');
});

// Rows corrected in a chat led nowhere: it told the person to bring another table.
test('suggests training again once the rows have changed since the last training', () => {
  const run = { datasetId: 'd', datasetSha256: 'old', state: 'finished', options: { epochs: 3 } } as Run;
  const corrected = { ...dataset, sha256: 'new' };
  const has = { ...done, datasets: [corrected], adapters: [adapter], evaluations: [evaluation], runs: [run] };
  expect(nextStep(has)).toEqual({ kind: 'again', adapter, dataset: corrected });
  // Undone, or trained on since, they are as they were.
  expect(nextStep({ ...has, datasets: [{ ...dataset, sha256: 'old' }] }).kind).toBe('another');
  const newer = { ...run, datasetSha256: 'new' };
  expect(nextStep({ ...has, runs: [newer, run] }).kind).toBe('another');
});

// Regression: one that is better than a base without sense, but hardly writes sense itself, was the end of the road.
test('suggests improving an adapter whose answers hardly resemble their targets', () => {
  const far = {
    ...evaluation,
    mainMetric: 'rougeL',
    comparisons: [{ ...comparison, metric: 'rougeL', sure: true }],
    results: [
      { adapterId: null, metrics: { rougeL: 0.002 } },
      { adapterId: 'a', metrics: { rougeL: 0.052 } },
    ],
  } as unknown as Evaluation;
  expect(nextStep({ ...done, adapters: [adapter], evaluations: [far] })).toMatchObject({ kind: 'improve', adapter });
});

test('suggests putting a better adapter to use, then another dataset', () => {
  const has = {
    ...nothing,
    datasets: [dataset],
    adapters: [adapter],
    conversations: [talk],
    evaluations: [evaluation],
  };
  expect(nextStep(has)).toEqual({ kind: 'answer', adapter });
  expect(nextStep({ ...has, tables: [answered] }).kind).toBe('another');
});
