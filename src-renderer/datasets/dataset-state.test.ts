import { beforeEach, expect, test, vi } from 'vitest';
import type { ChangedDataset } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { DatasetState } from './dataset-state.svelte.ts';

// The studio itself is what the fake stands for: the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    datasets: { get: async () => dataset(1), databases: vi.fn() },
    versions: { undo: vi.fn(), deleteRows: vi.fn(), list: async () => ({ total: 0, versions: [] }) },
  },
}));

beforeEach(() => vi.clearAllMocks());

test('what takes a change back names the version that the change made', async () => {
  const page = await opened();
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset(2));
  vi.mocked(client.versions.undo).mockResolvedValue(dataset(3));
  const takeBack = await page.remove(0);
  // The next change is not the one that is taken back.
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset(3));
  await page.remove(1);
  await takeBack?.();
  expect(vi.mocked(client.versions.undo).mock.calls).toEqual([[{ id: 'd', version: 2 }]]);
});

test('where the rows stayed as they were, there is nothing to take back', async () => {
  const page = await opened();
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset(1, null));
  expect(await page.remove(0)).toBeUndefined();
});

// Its “Undo” took back what the other window had done.
test('where another window changed the dataset and this change nothing, there is nothing to take back', async () => {
  const page = await opened();
  vi.mocked(client.versions.deleteRows).mockResolvedValue(dataset(2, null));
  expect(await page.remove(0)).toBeUndefined();
});

// It said that rows were changed, and its “Undo” took back the change before.
test('a change that waited and changed nothing has nothing to take back', async () => {
  const page = await opened();
  const [first, second] = [Promise.withResolvers<ChangedDataset>(), Promise.withResolvers<ChangedDataset>()];
  const both = [page.change(() => first.promise), page.change(() => second.promise)];
  first.resolve(dataset(2));
  second.resolve(dataset(2, null));
  expect(await Promise.all(both)).toEqual([expect.any(Function), undefined]);
});

test('a change that is refused holds up none that waits for it', async () => {
  const page = await opened();
  const refused = page.change(() => Promise.reject(new Error('no')));
  const next = page.change(async () => dataset(2));
  await expect(refused).rejects.toThrow('no');
  expect(await next).toBeTypeOf('function');
});

// The undo named what was attached before the change, and was refused.
test('what is attached is not told from a list that could not be read again', async () => {
  const page = await opened();
  const listed = vi.mocked(client.datasets.databases);
  listed.mockResolvedValue([{ name: 'shop', bytes: 1, attachment: 'first' }]);
  await page.databases.load();
  expect(page.attachment).toBe('first');
  listed.mockRejectedValue(new Error('gone'));
  await page.databases.load();
  expect(page.attachment).toBeUndefined();
  listed.mockResolvedValue([]);
  await page.databases.load();
  expect(page.attachment).toBeNull();
});

async function opened(): Promise<DatasetState> {
  const page = new DatasetState('d');
  await page.facts.load();
  return page;
}

/** Only the fields that are read; the cast is sound as nothing else is looked at. */
function dataset(version: number, made: number | null = version): ChangedDataset {
  return { id: 'd', name: 'rows', version, made } as ChangedDataset;
}

// While a file was added, an edit of the same dataset waited without a word.
test('a change that waits for another is told after a second, until all are made', async () => {
  vi.useFakeTimers();
  try {
    const [first, second] = [Promise.withResolvers<ChangedDataset>(), Promise.withResolvers<ChangedDataset>()];
    const page = new DatasetState('d');
    const both = [page.change(() => first.promise), page.change(() => second.promise)];
    vi.advanceTimersByTime(999);
    expect([page.working, page.isSlow]).toEqual([true, false]);
    vi.advanceTimersByTime(1);
    expect(page.isSlow).toBe(true);
    first.resolve(dataset(2));
    await both[0];
    expect([page.working, page.isSlow]).toEqual([true, true]);
    second.resolve(dataset(3));
    await both[1];
    expect([page.working, page.isSlow]).toEqual([false, false]);
  } finally {
    vi.useRealTimers();
  }
});
