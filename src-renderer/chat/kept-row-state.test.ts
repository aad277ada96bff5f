import { beforeEach, expect, test, vi } from 'vitest';
import type { Example, RowKinAnswer } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { KeptRowState } from './kept-row-state.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: { datasets: { kin: vi.fn() }, versions: { addRow: vi.fn(), editRow: vi.fn() } },
}));

beforeEach(() => vi.clearAllMocks());

test('a new row goes to the split that the person chose', async () => {
  const row = await prepared({ same: null, split: null, group: null, version: 3 });
  row.chosen = 'validation';
  await row.keep('singer');
  expect(client.versions.addRow).toHaveBeenCalledWith({
    ...{ id: 'd', content: { context: 'Who?', target: 'Otto', group: null, database: 'singer' }, split: 'validation' },
    version: 3,
  });
});

// A question about a test row's passage was offered for training.
test('a new row about a passage of the test split goes to the test split', async () => {
  const row = await prepared({ same: null, split: 'test', group: 'cats', version: 3 });
  await row.keep(null);
  expect(client.versions.addRow).toHaveBeenCalledWith({
    ...{ id: 'd', content: { context: 'Who?', target: 'Otto', group: 'cats', database: null }, split: 'test' },
    version: 3,
  });
});

test('an existing row is edited in place', async () => {
  // Sound: only the position is read.
  const same = { position: 7, split: 'test', target: 'Rex' } as Example;
  const row = await prepared({ same, split: 'test', group: 'cats', version: 3 });
  await row.keep(null);
  expect(client.versions.editRow).toHaveBeenCalledWith({
    ...{ id: 'd', position: 7, content: { target: 'Otto' }, version: 3 },
  });
  expect(client.versions.addRow).not.toHaveBeenCalled();
});

// Each typing pause started another scan of the whole dataset, and none stopped before its last row.
test('aborts the search for similar rows when the text changes', async () => {
  const row = new KeptRowState();
  vi.mocked(client.datasets.kin).mockReturnValue(new Promise(() => {}));
  const signals = () => vi.mocked(client.datasets.kin).mock.calls.map(([, options]) => options?.signal?.aborted);
  void row.kin.load();
  void row.kin.load();
  expect(signals()).toEqual([true, false]);
  row.kin.expire();
  expect(signals()).toEqual([true, true]);
});

async function prepared(kin: RowKinAnswer): Promise<KeptRowState> {
  vi.mocked(client.datasets.kin).mockResolvedValue(kin);
  const row = new KeptRowState();
  row.datasetId = 'd';
  row.context = 'Who?';
  row.target = 'Otto';
  await row.kin.load();
  return row;
}
