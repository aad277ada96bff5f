import { beforeEach, expect, test, vi } from 'vitest';
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
