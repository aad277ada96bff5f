import { beforeEach, expect, test, vi } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { LabCard, LabExperiment } from '../../src-contract/lab.ts';
import { client } from '../client.ts';
import { LabState } from './lab-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('run');
});

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { changes },
    baseModels: { list: vi.fn() },
    datasets: { list: vi.fn() },
    adapters: { list: async () => [] },
    lab: {
      shapes: async () => ({ q: [8, 4] }),
      cards: vi.fn(async () =>
        ['table5', 'table6'].map((kind) => ({ kind, latest: null, seconds: 60, needsDataset: true })),
      ),
      start: vi.fn(async () => ({})),
      watch: vi.fn(),
    },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => {
  vi.clearAllMocks();
  // Sound here: the state reads no other field.
  vi.mocked(client.baseModels.list).mockResolvedValue([{ id: 'b' } as BaseModel]);
  vi.mocked(client.datasets.list).mockResolvedValue([{ id: 'd', createdAt: 1 } as Dataset]);
});

// The cards kept showing the time of the proposal.
test('changed settings reload the cards with the new time estimate', async () => {
  const lab = new LabState();
  await lab.load();
  lab.change('table6', { steps: 3 });
  await vi.waitFor(() =>
    expect(client.lab.cards).toHaveBeenLastCalledWith(expect.objectContaining({ changes: { table6: { steps: 3 } } })),
  );
});

// A second press while the first was still queueing restarted those not yet queued.
test('starts all new experiments only once, even when asked twice', async () => {
  const lab = new LabState();
  await lab.load();
  await Promise.all([lab.startFresh(), lab.startFresh()]);
  expect(vi.mocked(client.lab.start).mock.calls.map(([{ kind }]) => kind)).toEqual(['table5', 'table6']);
});

// Those still to be queued were started on what was chosen meanwhile.
test('starts all new experiments on the dataset that was chosen when they were asked for', async () => {
  const lab = new LabState();
  await lab.load();
  const first = Promise.withResolvers<LabExperiment>();
  vi.mocked(client.lab.start).mockReturnValueOnce(first.promise);
  const starting = lab.startFresh();
  lab.datasets = [...lab.datasets, { id: 'other' } as Dataset];
  await lab.choose({ dataset: 'other' });
  first.resolve({} as LabExperiment);
  await starting;
  expect(vi.mocked(client.lab.start).mock.calls.map(([{ datasetId }]) => datasetId)).toEqual(['d', 'd']);
});

// Experiments were asked for on what another window had imported last.
test('proposes the newest dataset, and goes on with it when another one is imported', async () => {
  const lab = new LabState();
  vi.mocked(client.datasets.list).mockResolvedValueOnce([]);
  await lab.load();
  expect(lab.dataset).toBeUndefined();
  await lab.load();
  expect(lab.dataset?.id).toBe('d');
  const newer = [1, 2].map((createdAt) => ({ id: createdAt === 1 ? 'd' : 'newer', createdAt }) as Dataset);
  vi.mocked(client.datasets.list).mockResolvedValueOnce(newer);
  await lab.load();
  expect([lab.datasets[0]?.id, lab.dataset?.id]).toEqual(['newer', 'd']);
});

// Whoever came back from a result, or reloaded, found cards without it: those of another base and dataset.
test('a choice is kept for the next visit unless its base or dataset is gone', async () => {
  const known = [1, 2].map((createdAt) => ({ id: createdAt === 1 ? 'd' : 'newer', createdAt }) as Dataset);
  vi.mocked(client.datasets.list).mockResolvedValue(known);
  vi.mocked(client.baseModels.list).mockResolvedValue([{ id: 'b' }, { id: 'large' }] as BaseModel[]);
  const lab = new LabState();
  await lab.load();
  expect(lab.choice).toBeUndefined();
  await lab.choose({ model: 'large', dataset: 'd' });
  lab.change('table6', { steps: 3 });
  const { choice } = lab;
  expect(choice).toEqual({ modelId: 'large', datasetId: 'd', changes: { table6: { steps: 3 } } });

  const again = new LabState(choice);
  await again.load();
  expect(again.choice).toEqual(choice);
  vi.mocked(client.baseModels.list).mockResolvedValue([{ id: 'b' } as BaseModel]);
  const without = new LabState(choice);
  await without.load();
  expect([without.modelId, without.datasetId, without.choice]).toEqual(['b', 'newer', undefined]);
});

// The bar stayed at 0 of 26 parts while the experiment's page and the status line moved on.
test('the card of a running experiment follows its progress', async () => {
  const latest = { id: 'e', state: 'running', done: 0, total: 26 };
  vi.mocked(client.lab.cards).mockResolvedValueOnce([{ kind: 'table6', latest } as LabCard]);
  const told = { kind: 'progress', done: 0, total: 26, fraction: 0.02, step: 60, steps: 120, secondsLeft: 90 };
  // Sound: it has every field that the page reads.
  vi.mocked(client.lab.watch).mockResolvedValue([told] as never);
  const lab = new LabState();
  await lab.load();
  await vi.waitFor(() => expect(lab.progress).toEqual({ id: 'e', told }));
});

// Regression: the newest took its place without a word, and experiments were started on it.
test('a chosen dataset or base that is deleted is missed until it is restored or another is chosen', async () => {
  const lab = new LabState();
  await lab.load();
  const other = { id: 'other', createdAt: 2 };
  vi.mocked(client.datasets.list).mockResolvedValueOnce([other as Dataset]);
  await lab.load();
  expect([lab.dataset, lab.datasetId, lab.fresh]).toEqual([undefined, 'd', []]);
  await lab.load();
  expect([lab.dataset?.id, lab.fresh.length]).toEqual(['d', 2]);
  vi.mocked(client.baseModels.list).mockResolvedValueOnce([{ id: 'large' } as BaseModel]);
  await lab.load();
  expect([lab.model, lab.cards]).toEqual([undefined, []]);
  await lab.choose({ model: 'b' });
  await lab.load();
  expect([lab.model?.id, lab.cards.length]).toEqual(['b', 2]);
});

test('a dataset imported when none is left is proposed', async () => {
  const lab = new LabState();
  await lab.load();
  vi.mocked(client.datasets.list).mockResolvedValueOnce([]);
  await lab.load();
  expect(lab.datasetId).toBe('');
  vi.mocked(client.datasets.list).mockResolvedValueOnce([{ id: 'first', createdAt: 3 } as Dataset]);
  await lab.load();
  expect(lab.dataset?.id).toBe('first');
});

// Regression: until the page was opened again, the times were those expected beside a run that had ended.
test('expects other times once a run has ended', async () => {
  const [lab, leaving] = [new LabState(), new AbortController()];
  lab.follow(leaving.signal);
  await vi.waitFor(() => expect(lab.cards[0]?.seconds).toBe(60));
  const sooner = [{ kind: 'table5', latest: null, seconds: 20 } as LabCard];
  vi.mocked(client.lab.cards).mockResolvedValueOnce(sooner);
  changed();
  await vi.waitFor(() => expect(lab.cards).toEqual(sooner));
  leaving.abort();
});
