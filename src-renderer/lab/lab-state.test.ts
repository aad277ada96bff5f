import { beforeEach, expect, test, vi } from 'vitest';
import type { LabCard } from '../../src-contract/lab.ts';
import { client } from '../client.ts';
import { LabState } from './lab-state.svelte.ts';

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The studio itself is what the fake stands for: the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    baseModels: { list: async () => [{ id: 'b' }] },
    datasets: { list: async () => [{ id: 'd', createdAt: 1 }] },
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
}));

beforeEach(() => vi.clearAllMocks());

// The cards went on telling the time of the proposal.
test('other settings are asked for with their time', async () => {
  const lab = new LabState();
  await lab.load();
  lab.change('table6', { steps: 3 });
  await vi.waitFor(() =>
    expect(client.lab.cards).toHaveBeenLastCalledWith(expect.objectContaining({ changes: { table6: { steps: 3 } } })),
  );
});

// A second press while the first was still queueing started those again that had not had their turn.
test('all that are new are started once, though asked twice', async () => {
  const lab = new LabState();
  await lab.load();
  await Promise.all([lab.startFresh(), lab.startFresh()]);
  expect(vi.mocked(client.lab.start).mock.calls.map(([{ kind }]) => kind)).toEqual(['table5', 'table6']);
});

// The bar stood at none of 26 parts while the page of the experiment and the status line moved on.
test('the card of the experiment that is going on moves with its steps', async () => {
  const latest = { id: 'e', state: 'running', done: 0, total: 26 };
  vi.mocked(client.lab.cards).mockResolvedValueOnce([{ kind: 'table6', latest } as LabCard]);
  const told = { kind: 'progress', done: 0, total: 26, fraction: 0.02, step: 60, steps: 120, secondsLeft: 90 };
  // Sound: what is given has all that the page reads of an answer.
  vi.mocked(client.lab.watch).mockResolvedValue([told] as never);
  const lab = new LabState();
  await lab.load();
  await vi.waitFor(() => expect(lab.progress).toEqual({ id: 'e', told }));
  lab.leave();
});
