import { beforeEach, expect, test, vi } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { client } from '../client.ts';
import { againLink, conditionsOf } from './evaluation-conditions.ts';
import { NewEvaluationState } from './new-evaluation-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('adapter');
});

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    datasets: { list: vi.fn(), targetForm: async () => null },
    adapters: { list: vi.fn() },
    baseModels: { list: async () => [{ id: 'b', builtIn: true }] },
    evaluations: { start: vi.fn(), list: vi.fn(), measure: vi.fn() },
    studio: { changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.datasets.list).mockResolvedValue([dataset('qa', 'mrc', 200), dataset('notes', 'summarisation', 0)]);
  vi.mocked(client.evaluations.list).mockResolvedValue([]);
  vi.mocked(client.adapters.list).mockResolvedValue([
    adapter('answers', 'mrc', 'qa'),
    adapter('other', 'nl2sql', null),
  ]);
});

test('measures an adapter on the test rows of its own dataset', async () => {
  const form = await opened({ adapter: 'answers' });
  expect(form.datasetId).toBe('qa');
  expect(form.split).toBe('test');
  expect([...form.chosen]).toEqual(['answers']);
  expect(form.rows).toBe(100);
});

test('measures an adapter whose dataset is gone on rows of its task', async () => {
  vi.mocked(client.adapters.list).mockResolvedValue([adapter('notes', 'summarisation', 'deleted')]);
  const form = await opened({ adapter: 'notes' });
  expect(form.datasetId).toBe('notes');
});

test('a dataset without test rows falls back to its validation rows', async () => {
  const form = await opened({ dataset: 'notes' });
  expect(form.split).toBe('validation');
  expect(form.rows).toBe(5);
});

test('estimates the time from the last evaluation on the same dataset, or not at all without one', async () => {
  const form = await opened({ adapter: 'answers' });
  expect(form.seconds).toBeUndefined();
  const results = [
    { n: 50, seconds: 20 },
    { n: 50, seconds: 30 },
  ];
  const last = { state: 'finished', datasetId: 'qa', baseModelId: 'b', results };
  vi.mocked(client.evaluations.list).mockResolvedValue([{ ...last, datasetId: 'notes' }, last] as Evaluation[]);
  // Half a second per row: 100 rows of two models.
  expect((await opened({ adapter: 'answers' })).seconds).toBe(100);
});

test('measures all rows without a limit', async () => {
  const form = await opened({ adapter: 'answers' });
  form.limit = undefined;
  expect(form.rows).toBe(200);
  await form.start();
  expect(client.evaluations.start).toHaveBeenCalledWith({
    datasetId: 'qa',
    baseModelId: 'b',
    adapterIds: ['answers'],
    split: 'test',
  });
});

// A second press, right after the first, started a second evaluation.
test('stays in the starting state after a start, and allows another try after a failure', async () => {
  const form = await opened({ adapter: 'answers' });
  vi.mocked(client.evaluations.start).mockRejectedValueOnce(new Error('full'));
  await form.start();
  expect([form.starting, form.error]).toEqual([false, new Error('full')]);
  await form.start();
  expect([form.starting, form.error]).toEqual([true, undefined]);
});

// Another window had deleted it; it was still in the request, and the start was refused.
test('an adapter deleted elsewhere is named but not measured until it is restored', async () => {
  const form = await opened({ adapter: 'answers' });
  form.toggle('other');
  vi.mocked(client.adapters.list).mockResolvedValue([adapter('other', 'nl2sql', null)]);
  changed();
  await vi.waitFor(() => expect(form.gone.map(({ name }) => name)).toEqual(['answers']));
  expect(form.compared.map(({ id }) => id)).toEqual(['other']);
  await form.start();
  expect(client.evaluations.start).toHaveBeenCalledWith(expect.objectContaining({ adapterIds: ['other'] }));
  vi.mocked(client.adapters.list).mockResolvedValue([
    adapter('answers', 'mrc', 'qa'),
    adapter('other', 'nl2sql', null),
  ]);
  changed();
  await vi.waitFor(() => expect(form.compared.map(({ id }) => id)).toEqual(['answers', 'other']));
  expect(form.gone).toEqual([]);
  form.leave();
});

test('chooses the first adapter trained elsewhere, with its dataset', async () => {
  vi.mocked(client.adapters.list).mockResolvedValue([]);
  const form = await opened({});
  expect(form.isPossible).toBe(false);
  vi.mocked(client.adapters.list).mockResolvedValue([adapter('notes', 'summarisation', 'notes')]);
  changed();
  await vi.waitFor(() => expect(form.datasetId).toBe('notes'));
  expect([...form.chosen]).toEqual(['notes']);
  form.leave();
});

test('how answers to any texts are compared follows from the targets, unless a person chooses', async () => {
  vi.mocked(client.datasets.list).mockResolvedValue([
    dataset('mails', 'custom', 9),
    dataset('notes', 'summarisation', 9),
    dataset('qa', 'mrc', 9),
  ]);
  vi.mocked(client.evaluations.measure).mockResolvedValue({ measure: 'rougeL', kind: 'free' });
  const form = await opened({ dataset: 'mails' });
  await vi.waitFor(() => expect(form.measure).toBe('rougeL'));
  await form.start();
  expect(vi.mocked(client.evaluations.start).mock.lastCall?.[0]).not.toHaveProperty('measure');
  form.chosenMeasure = 'exactMatch';
  expect(form.measure).toBe('exactMatch');
  await form.start();
  expect(client.evaluations.start).toHaveBeenLastCalledWith(expect.objectContaining({ measure: 'exactMatch' }));
  form.chooseDataset('notes');
  expect([form.usual, form.measure, form.chosenMeasure]).toEqual([undefined, undefined, undefined]);
  form.chooseDataset('qa');
  await vi.waitFor(() => expect(form.measure).toBe('rougeL'));
  form.leave();
});

test('queries that cannot be run are replaced only where asked and where there is a database', async () => {
  const tables = { ...dataset('tables', 'nl2sql', 9), hasDatabase: true };
  vi.mocked(client.datasets.list).mockResolvedValue([tables, dataset('qa', 'mrc', 9)]);
  const form = await opened({ dataset: 'tables' });
  await form.start();
  expect(vi.mocked(client.evaluations.start).mock.lastCall?.[0]).not.toHaveProperty('retryQueries');
  form.retriesQueries = true;
  await form.start();
  expect(client.evaluations.start).toHaveBeenLastCalledWith(expect.objectContaining({ retryQueries: true }));
  form.chooseDataset('qa');
  await form.start();
  expect(vi.mocked(client.evaluations.start).mock.lastCall?.[0]).not.toHaveProperty('retryQueries');
  form.leave();
});

// “Evaluate again” passed the dataset only: all adapters were ticked, and a deleted dataset gave way to another one.
test('an earlier evaluation is offered again as it was', async () => {
  vi.mocked(client.datasets.list).mockResolvedValue([dataset('mails', 'custom', 60), dataset('qa', 'mrc', 200)]);
  vi.mocked(client.evaluations.measure).mockResolvedValue({ measure: 'exactMatch', kind: 'few' });
  const earlier = evaluation({ split: 'validation', n: 4, mainMetric: 'rougeL' });
  const form = await opened(again(earlier, dataset('mails', 'custom', 60)));
  await form.start();
  expect(client.evaluations.start).toHaveBeenLastCalledWith({
    ...{ datasetId: 'mails', baseModelId: 'b', adapterIds: ['other'], split: 'validation', limit: 4 },
    ...{ measure: 'rougeL', keepsForm: false },
  });
  form.leave();
});

test('an evaluation of all rows is offered again with all rows', async () => {
  const mails = dataset('mails', 'custom', 160);
  vi.mocked(client.datasets.list).mockResolvedValue([mails]);
  const form = await opened(again(evaluation({ split: 'test', n: 160, mainMetric: 'exactMatch' }), mails));
  expect([form.split, form.limit]).toEqual(['test', undefined]);
  form.leave();
});

test('adapters deleted since an earlier evaluation are counted, as nothing names them', async () => {
  const mails = dataset('mails', 'custom', 60);
  vi.mocked(client.datasets.list).mockResolvedValue([mails]);
  const earlier = evaluation({ split: 'test', n: 4, mainMetric: 'exactMatch' });
  const form = await opened(again({ ...earlier, adapterIds: ['other', 'deleted'] }, mails));
  expect([form.compared.map(({ id }) => id), form.forgotten]).toEqual([['other'], 1]);
  form.leave();
});

test('an evaluation whose dataset is gone is not offered again with another', async () => {
  const earlier = evaluation({ split: 'test', n: 4, mainMetric: 'exactMatch' });
  const form = await opened(again(earlier, undefined));
  expect([form.datasetId, form.lacks]).toEqual(['mails', 'dataset']);
  form.leave();
});

function again(earlier: Evaluation, itsDataset: Dataset | undefined) {
  const query = againLink(earlier, itsDataset).split('?')[1];
  const params = Object.fromEntries(new URLSearchParams(query));
  return { again: conditionsOf(params) };
}

function evaluation({ n, ...rest }: Pick<Evaluation, 'split' | 'mainMetric'> & { n: number }): Evaluation {
  // Sound: no other field is read.
  return {
    ...{ datasetId: 'mails', baseModelId: 'b', adapterIds: ['other'], results: [{ n }], provenance: {} },
    ...rest,
  } as unknown as Evaluation;
}

async function opened(wish: ConstructorParameters<typeof NewEvaluationState>[0]): Promise<NewEvaluationState> {
  const form = new NewEvaluationState(wish);
  await vi.waitFor(() => expect(form.loading).toBe(false));
  return form;
}

function dataset(id: string, task: Dataset['task'], testRows: number): Dataset {
  // Sound: no other field is read.
  return { id, name: id, task, splits: { train: 50, validation: 5, test: testRows } } as Dataset;
}

function adapter(id: string, task: Adapter['task'], datasetId: string | null): Adapter {
  // Sound: no other field is read.
  return { id, name: id, task, datasetId, baseModelId: 'b', createdAt: id === 'answers' ? 2 : 1 } as Adapter;
}
