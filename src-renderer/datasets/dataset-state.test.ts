import { beforeEach, expect, test, vi } from 'vitest';
import type { Dataset } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { DatasetState } from './dataset-state.svelte.ts';

// The studio itself is what the fake stands for: the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    datasets: { get: vi.fn() },
    versions: { undo: vi.fn(), deleteRows: vi.fn(), list: async () => ({ total: 0, versions: [] }) },
  },
}));

beforeEach(() => vi.clearAllMocks());

test('a change is taken back right after it', async () => {
  const page = await deletedOnce();
  vi.mocked(client.datasets.get).mockResolvedValue(dataset('without one'));
  await page.takingBack()();
  expect(client.versions.undo).toHaveBeenCalledTimes(1);
});

// “Undo” of the first of two notices took the second change back.
test('a change that another has followed is not taken back in its place', async () => {
  const page = await deletedOnce();
  const takeBack = page.takingBack();
  vi.mocked(client.datasets.get).mockResolvedValue(dataset('without two'));
  await expect(takeBack()).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
  expect(client.versions.undo).not.toHaveBeenCalled();
});

async function deletedOnce(): Promise<DatasetState> {
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset('without one'));
  vi.mocked(client.versions.undo).mockResolvedValue(dataset('whole'));
  const page = new DatasetState('d');
  await page.remove(0);
  return page;
}

/** Only the fields that are read; the cast is sound as nothing else is looked at. */
function dataset(sha256: string): Dataset {
  return { id: 'd', name: 'rows', sha256 } as Dataset;
}
