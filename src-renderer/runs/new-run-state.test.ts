import { beforeEach, expect, test, vi } from 'vitest';
import type { Dataset } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { NewRunState } from './new-run-state.svelte.ts';

// The studio itself is what the fake stands for: the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { status: async () => ({ totalMemoryBytes: 24e9 }) },
    datasets: { list: vi.fn() },
    baseModels: { list: async () => [{ id: 'b', builtIn: true }] },
    adapters: { list: vi.fn() },
    runs: { list: async () => [], estimate: vi.fn(async ({ preset }) => ({ preset })), start: vi.fn() },
  },
}));

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.datasets.list).mockResolvedValue([dataset('old', 1), dataset('new', 2)]);
  vi.mocked(client.adapters.list).mockResolvedValue([]);
});

test('the newest dataset is proposed, unless one was asked for', async () => {
  expect((await opened(undefined)).datasetId).toBe('new');
  expect((await opened('old')).datasetId).toBe('old');
});

test('a proposed name that is taken gets a number', async () => {
  vi.mocked(client.adapters.list).mockResolvedValue([{ name: 'new answers' }] as never);
  expect((await opened('new')).name).toBe('new answers 2');
});

test('a typed name is kept when the dataset changes', async () => {
  const state = await opened('new');
  state.name = 'Mine';
  state.chooseDataset('old');
  expect(state.name).toBe('Mine');
});

test('the three presets are estimated with what was changed by hand', async () => {
  const state = await opened('new');
  state.change('rank', 4);
  await vi.waitFor(() => expect(state.estimating).toBe(false));
  expect(Object.keys(state.estimates)).toEqual(['quick', 'balanced', 'thorough']);
  expect(client.runs.estimate).toHaveBeenLastCalledWith(
    { datasetId: 'new', baseModelId: 'b', preset: 'thorough', options: { rank: 4 } },
    expect.anything(),
  );
});

async function opened(datasetId: string | undefined): Promise<NewRunState> {
  const state = new NewRunState((known) => `${known.name} answers`, datasetId);
  await vi.waitFor(() => expect(state.loading).toBe(false));
  return state;
}

function dataset(id: string, createdAt: number): Dataset {
  // Sound here: the state reads no other field.
  return { id, name: id, task: 'mrc', createdAt } as Dataset;
}
