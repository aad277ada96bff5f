import { beforeEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import type { Evaluation, EvaluationEvent, EvaluationRow } from '../../src-contract/evaluation.ts';
import { client } from '../client.ts';
import { EvaluationState } from './evaluation-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('evaluation');
});

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    datasets: { get: vi.fn(async () => undefined) },
    baseModels: { get: vi.fn(async () => undefined) },
    adapters: { list: async () => [] },
    evaluations: { get: vi.fn(), rows: vi.fn(), breakdown: vi.fn(async () => undefined), watch: vi.fn() },
    studio: { changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => {
  vi.clearAllMocks();
  const rows = [row('both', 1, 1), row('won', 0, 1), row('lost', 1, 0), row('neither', 0, 0)];
  vi.mocked(client.evaluations.rows).mockResolvedValue({ total: rows.length, rows });
});

test('shows the rows where base and adapter differ by default, and other filters and orders on request', async () => {
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('finished'));
  const state = new EvaluationState('e');
  await vi.waitFor(() => expect(state.rows).toHaveLength(4));
  expect(state.filter).toBe('differ');
  expect(state.shownRows.map((shown) => shown.exampleId)).toEqual(['won', 'lost']);
  state.filter = 'lost';
  expect(state.shownRows.map((shown) => shown.exampleId)).toEqual(['lost']);
  expect(state.count('allWrong')).toBe(1);
  state.filter = 'all';
  state.order = 'gain';
  expect(state.shownRows.map((shown) => shown.exampleId)).toEqual(['won', 'both', 'neither', 'lost']);
  state.order = 'loss';
  expect(state.shownRows[0]?.exampleId).toBe('lost');
  state.order = 'hardest';
  expect(state.shownRows[0]?.exampleId).toBe('neither');
  state.leave();
});

test('the rows that a model is least sure of come first if that is known', async () => {
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('finished'));
  const state = new EvaluationState('e');
  await vi.waitFor(() => expect(state.rows).toHaveLength(4));
  expect(state.hasCertainty).toBe(false);
  const surely = [0.9, undefined, 0.4, 0.7];
  state.rows = state.rows.map((each, place) => ({
    ...each,
    answers: each.answers.map((answer, at) => ({ ...answer, certainty: at === 0 ? 0.5 : surely[place] })),
  }));
  expect(state.hasCertainty).toBe(true);
  state.filter = 'all';
  state.order = 'unsure';
  state.labelPlace = 1;
  expect(state.shownRows.map((shown) => shown.exampleId)).toEqual(['lost', 'neither', 'both', 'won']);
  state.leave();
});

test('a count of the labels shows its rows, until another filter is chosen', async () => {
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('finished'));
  const scores = { recall: 0.5, precision: 0.5, f1: 0.5 };
  const result = {
    labels: [scores, scores],
    confusion: [
      [1, 1, 0],
      [1, 0, 1],
    ],
    ...{ macroF1: 0.5, balancedAccuracy: 0.5 },
  };
  const told = {
    labels: ['glad', 'sad'].map((label) => ({ label, rows: 2 })),
    results: [result, result],
    rows: {
      targets: [0, 0, 1, 1],
      answers: [
        [0, 1, 0, 2],
        [1, 0, 2, 0],
      ],
    },
  };
  const fields = ['mood', 'tone'].map((field) => ({ ...told, field }));
  vi.mocked(client.evaluations.breakdown).mockResolvedValue({ fields: null, labels: fields, sure: [] });
  const state = new EvaluationState('e');
  await vi.waitFor(() => expect(state.labels?.field).toBe('mood'));
  state.search = 'both';
  state.pick({ target: 1, answer: 2 });
  expect(state.shownRows.map((shown) => shown.exampleId)).toEqual(['neither']);
  expect([state.filter, state.count('cell')]).toEqual(['cell', 1]);
  state.labelPlace = 1;
  state.pick({ target: 1, answer: 2 });
  expect(state.shownRows.map((shown) => shown.exampleId)).toEqual(['lost']);
  state.showField('tone');
  expect([state.labels?.field, state.filter, state.cell]).toEqual(['tone', 'all', undefined]);
  expect(state.shownRows).toHaveLength(4);
  state.leave();
});

test('the search covers the context, ignoring case', async () => {
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('finished'));
  const state = new EvaluationState('e');
  await vi.waitFor(() => expect(state.rows).toHaveLength(4));
  state.filter = 'all';
  state.search = 'NEITHER';
  expect(state.shownRows.map((shown) => shown.exampleId)).toEqual(['neither']);
  state.leave();
});

test('a running evaluation reports its progress and loads its rows at the end', async () => {
  const events: EvaluationEvent[] = [
    { kind: 'progress', done: 1, total: 8, secondsLeft: 7 },
    {
      kind: 'result',
      result: { adapterId: null, adapter: 'base', n: 4, metrics: { exactMatch: 0.5 }, interval: null, seconds: 1 },
    },
  ];
  const watch = async () =>
    (async function* () {
      yield* events;
    })();
  vi.mocked(client.evaluations.get)
    .mockResolvedValueOnce(evaluation('running'))
    .mockResolvedValue(evaluation('finished'));
  // Sound: the state only iterates over it.
  vi.mocked(client.evaluations.watch).mockImplementation(watch as unknown as typeof client.evaluations.watch);
  const state = new EvaluationState('e');
  await vi.waitFor(() => expect(state.rows).toHaveLength(4));
  expect(state.progress).toMatchObject({ done: 1, total: 8 });
  expect(state.isRunning).toBe(false);
  state.leave();
});

// It stayed on screen, and each of its buttons failed.
test('an evaluation deleted elsewhere is reported as not found until it is restored', async () => {
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('finished'));
  const state = new EvaluationState('e');
  await vi.waitFor(() => expect(state.rows).toHaveLength(4));
  vi.mocked(client.evaluations.get).mockRejectedValue(new StudioError('EVALUATION_NOT_FOUND', { evaluation: 'e' }));
  changed();
  await vi.waitFor(() => expect(state.error).toMatchObject({ code: 'EVALUATION_NOT_FOUND' }));
  expect([state.evaluation, state.rows]).toEqual([undefined, []]);
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('finished'));
  changed();
  await vi.waitFor(() => expect(state.rows).toHaveLength(4));
  expect(state.error).toBeUndefined();
  state.leave();
});

// Regression: only a page that had seen it running read its rows again.
test('an evaluation that was resumed elsewhere and is over again has all its rows', async () => {
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('stopped'));
  vi.mocked(client.evaluations.rows).mockResolvedValueOnce({ total: 1, rows: [row('both', 1, 1)] });
  const state = new EvaluationState('e');
  await vi.waitFor(() => expect(state.rows).toHaveLength(1));
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('finished'));
  changed();
  await vi.waitFor(() => expect(state.rows).toHaveLength(4));
  state.leave();
});

test('reflects a dataset deleted elsewhere without reloading the rows or resetting the filter', async () => {
  vi.mocked(client.evaluations.get).mockResolvedValue(evaluation('finished'));
  vi.mocked(client.datasets.get).mockResolvedValue({ name: 'Places' } as never);
  const state = new EvaluationState('e');
  await vi.waitFor(() => expect(state.rows).toHaveLength(4));
  expect(state.dataset?.name).toBe('Places');
  state.filter = 'lost';
  vi.mocked(client.datasets.get).mockRejectedValue(new Error('gone'));
  changed();
  await vi.waitFor(() => expect(state.dataset).toBeUndefined());
  expect([state.filter, client.evaluations.rows]).toEqual([
    'lost',
    expect.toSatisfy((rows) => rows.mock.calls.length === 1),
  ]);
  state.leave();
});

function evaluation(state: Evaluation['state']): Evaluation {
  return {
    id: 'e',
    task: 'mrc',
    datasetId: 'd',
    baseModelId: 'b',
    adapterIds: [],
    split: 'test',
    state,
    mainMetric: 'exactMatch',
    results: [],
    comparisons: [],
    provenance: null,
    error: null,
    createdAt: 0,
  };
}

function row(name: string, base: number, adapter: number): EvaluationRow {
  return {
    exampleId: name,
    context: `about ${name}`,
    target: '',
    answers: [
      { text: '', score: base, marks: {}, target: null },
      { text: '', score: adapter, marks: {}, target: null },
    ],
  };
}
