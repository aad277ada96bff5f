import { beforeEach, expect, test, vi } from 'vitest';
import type { HubDataset } from '../../src-contract/hub-dataset.ts';
import { client } from '../client.ts';
import { HubDatasetsState } from './hub-datasets-state.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({ client: { datasets: { searchHub: vi.fn(), lookUpOnHub: vi.fn() } } }));

const facts: HubDataset = {
  ...{ repository: 'maker/facts', revision: 'c0', licence: 'mit', languages: ['ko'], isConverted: false },
  files: [
    { path: 'data/train-00000-of-00002.parquet', config: '', split: 'train', sizeBytes: 5 },
    { path: 'data/train-00001-of-00002.parquet', config: '', split: 'train', sizeBytes: 7 },
    { path: 'small/test.csv', config: 'small', split: 'test', sizeBytes: 2 },
  ],
  ...{ chosen: [], freeDiskBytes: 10 },
};

let hub: HubDatasetsState;
beforeEach(() => {
  vi.mocked(client.datasets.lookUpOnHub).mockReset().mockResolvedValue(facts);
  hub = new HubDatasetsState();
});

test('words are searched for, and one of the datasets is looked up', async () => {
  const match = { name: 'maker/facts', downloads: 1, rows: null, licence: '', languages: [], gated: false };
  vi.mocked(client.datasets.searchHub).mockResolvedValue({ matches: [match], isCut: false });
  hub.text = 'facts';
  await hub.submit();
  expect(vi.mocked(client.datasets.searchHub).mock.lastCall?.[0]).toEqual({ words: 'facts' });
  expect([hub.matches?.matches, hub.wanted]).toEqual([[match], undefined]);
  await hub.choose('maker/facts');
  expect(vi.mocked(client.datasets.lookUpOnHub).mock.lastCall?.[0]).toEqual({ dataset: 'maker/facts' });
});

test('a dataset is offered by its tables, the first of which is downloaded unless another is chosen', async () => {
  await hub.choose('maker/facts');
  expect(hub.tables.map(({ config, split, files, sizeBytes }) => [config, split, files.length, sizeBytes])).toEqual([
    ['', 'train', 2, 12],
    ['small', 'test', 1, 2],
  ]);
  const of = { repository: 'maker/facts', revision: 'c0', licence: 'mit' };
  const both = ['data/train-00000-of-00002.parquet', 'data/train-00001-of-00002.parquet'];
  expect(hub.wanted).toEqual({ hub: { ...of, files: both }, name: 'maker/facts train' });
  hub.chooseTable(hub.tables[1]?.key ?? '');
  expect(hub.wanted).toEqual({ hub: { ...of, files: ['small/test.csv'] }, name: 'maker/facts small test' });
});

test('an address of a file offers that file alone, and a choice does not reach another dataset', async () => {
  await hub.choose('maker/facts');
  hub.chooseTable(hub.tables[1]?.key ?? '');
  vi.mocked(client.datasets.lookUpOnHub).mockResolvedValueOnce({ ...facts, repository: 'maker/others' });
  await hub.choose('maker/others');
  expect(hub.table?.split).toBe('train');
  const [, second] = facts.files.map(({ path }) => path);
  vi.mocked(client.datasets.lookUpOnHub).mockResolvedValueOnce({ ...facts, chosen: [second ?? ''] });
  await hub.choose(`hf://datasets/maker/facts/${second}`);
  expect(hub.tables.map(({ files }) => files.map(({ path }) => path))).toEqual([[second]]);
});

// Regression: train and test had to be imported one by one, as two datasets.
test('what is divided into splits is offered whole first, then split by split', async () => {
  const file = (path: string, split: 'train' | 'test') => ({ path, config: '', split, part: split, sizeBytes: 5 });
  const files = [file('train.csv', 'train'), file('test.csv', 'test')];
  vi.mocked(client.datasets.lookUpOnHub).mockResolvedValueOnce({ ...facts, files });
  await hub.choose('maker/facts');
  expect(hub.tables.map(({ split }) => split)).toEqual(['train + test', 'train', 'test']);
  expect(hub.wanted).toMatchObject({ hub: { files: ['train.csv', 'test.csv'] }, name: 'maker/facts train + test' });
});
