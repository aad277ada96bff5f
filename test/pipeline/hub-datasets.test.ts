// Datasets of the Hugging Face hub, over real HTTP on this machine, with real files.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ProcessLock } from '../../src-main/database/process-lock.ts';
import { clearHubDownloads, HubDatasets } from '../../src-main/datasets/hub/hub-datasets.ts';
import { type LocalHub, startLocalHub } from '../fixtures/local-hub.ts';
import { answerOf, runCommand, startCommand, temporaryFolder } from './command-line.ts';

const parquet = readFileSync(join(import.meta.dirname, '../fixtures/tables/rows-none.parquet'));
const csv = Buffer.from(
  `question,answer\n${Array.from({ length: 20 }, (_, n) => `What is ${n}?,It is ${n}.\n`).join('')}`,
);
const big = Buffer.from(
  `question,answer\n${Array.from({ length: 20_000 }, (_, n) => `What is ${n}?,It is ${n}.\n`).join('')}`,
);
const tags = ['license:mit', 'language:ko', 'size_categories:10K<n<100K'];

let folder: string;
let hub: LocalHub;
let datasets: HubDatasets;
const signal = new AbortController().signal;

beforeEach(async () => {
  folder = temporaryFolder();
  hub = await startLocalHub({
    'maker/facts': {
      files: {
        'data/train-00000-of-00002.parquet': parquet,
        'data/train-00001-of-00002.parquet': parquet,
        'data/test-00000-of-00001.parquet': parquet,
        'README.md': Buffer.from('#'),
      },
      cardData: { license: 'mit', language: ['ko', 'en'] },
      listed: { tags, downloads: 12 },
    },
    'maker/divided': { files: { 'train.csv': csv, 'dev.csv': csv, 'test.csv': csv } },
    'maker/kinds': { files: { 'people.csv': csv, 'places.csv': csv } },
    'maker/one': { files: { 'facts.csv': csv }, cardData: { license: 'cc-by-4.0' } },
    'maker/packed': { files: { 'facts.csv.gz': gzipSync(csv) } },
    'maker/big': { files: { 'train.csv': big } },
    'maker/script': {
      files: { 'script.py': Buffer.from('raise SystemExit'), 'raw.json': Buffer.from('{}') },
      converted: { 'default/train/0000.parquet': parquet },
      cardData: { license: 'mit' },
    },
    'maker/pictures': { files: { 'cat.png': Buffer.from('') } },
    'maker/gated': { files: { 'train.csv': csv }, gated: 'manual', listed: {} },
  });
  onTestFinished(() => hub.stop());
  datasets = new HubDatasets(join(folder, 'downloads'), {
    process: new ProcessLock(folder),
    environment: { HF_ENDPOINT: hub.address, HF_HOME: join(folder, 'hf') },
  });
});

async function downloaded(name: string, wanted?: string[]) {
  const { files, ...found } = await datasets.lookUp(name);
  const events = await Array.fromAsync(
    datasets.download({ ...found, files: wanted ?? files.map(({ path }) => path) }, signal),
  );
  const last = events.at(-1);
  if (last?.kind !== 'finished') throw new Error('it has not ended');
  return { ...last, ...(await datasets.find(last.id)) };
}

test('datasets are found by words, with what the hub’s list tells', async () => {
  const { matches, isCut } = await datasets.search('facts', signal);
  expect(matches).toEqual([
    { name: 'maker/facts', downloads: 12, rows: '10K<n<100K', licence: 'mit', languages: ['ko'], gated: false },
  ]);
  expect(isCut).toBe(false);
  expect([...new Set(hub.searched.at(-1)?.keys())]).toEqual(['search', 'sort', 'limit', 'expand']);
});

test('a dataset is told by its files, and those of a split are downloaded into one folder', async () => {
  const found = await datasets.lookUp(`${hub.address}/datasets/maker/facts`);
  expect(found).toMatchObject({ repository: 'maker/facts', licence: 'mit', languages: ['ko', 'en'], chosen: [] });
  expect(found.files.map(({ split }) => split)).toEqual(['train', 'train', 'test']);
  expect(hub.asked).toEqual([]);
  const { chosen } = await datasets.lookUp('hf://datasets/maker/facts/data/train-*');
  const { name, path, hub: origin } = await downloaded('maker/facts', chosen);
  expect([name, readdirSync(join(path, 'data'))]).toEqual(['facts train', chosen.map((file) => file.slice(5))]);
  expect(origin).toEqual({ repository: 'maker/facts', revision: 'c0'.repeat(20), licence: 'mit', files: chosen });
});

test('the hub’s own copy in Parquet is read where a script would be needed', async () => {
  const found = await datasets.lookUp('maker/script');
  expect(found).toMatchObject({ isConverted: true, licence: 'mit', files: [{ split: 'train' }] });
  const { name, path } = await downloaded('maker/script');
  expect([name, readFileSync(path).equals(parquet)]).toEqual(['script train.parquet', true]);
  expect(hub.asked).toEqual(['default/train/0000.parquet']);
});

test.each([
  ['maker/none', 'HUB_DATASET_NOT_FOUND'],
  ['maker/facts@v2/x', 'HUB_DATASET_NAME_INVALID'],
  ['maker/pictures', 'HUB_DATASET_UNREADABLE'],
  ['hf://datasets/maker/one/other.csv', 'HUB_DATASET_FILE_MISSING'],
])('%s is refused with %s', async (name, code) => {
  await expect(datasets.lookUp(name)).rejects.toMatchObject({ code });
});

test('a gated dataset is told, and its files need an accepted licence', async () => {
  const { files, ...found } = await datasets.lookUp('maker/gated');
  const asking = Array.fromAsync(datasets.download({ ...found, files: files.map(({ path }) => path) }, signal));
  await expect(asking).rejects.toMatchObject({
    code: 'DOWNLOAD_NEEDS_LICENCE',
    data: { address: `${hub.address}/datasets/maker/gated` },
  });
});

test('an interrupted download resumes where it stopped', async () => {
  hub.hold = 100_000;
  const leaving = new AbortController();
  const { files, ...found } = await datasets.lookUp('maker/big');
  const wanted = { ...found, files: files.map(({ path }) => path) };
  const first = Array.fromAsync(datasets.download(wanted, leaving.signal));
  const arrived = () => {
    const [id = ''] = existsSync(join(folder, 'downloads')) ? readdirSync(join(folder, 'downloads')) : [];
    return statSync(join(folder, 'downloads', id, 'files/train.csv.part'), { throwIfNoEntry: false })?.size;
  };
  await expect.poll(arrived).toBe(100_000);
  await expect(Array.fromAsync(datasets.download(wanted, signal))).rejects.toMatchObject({ code: 'WORK_ELSEWHERE' });
  leaving.abort();
  await expect(first).rejects.toThrow();
  hub.hold = undefined;
  const { path } = await downloaded('maker/big');
  expect(readFileSync(path).equals(big)).toBe(true);
  expect(hub.asked).toEqual(['train.csv', 'train.csv bytes=100000-']);
});

test('a file that is not the one the hub told of is refused', async () => {
  hub.spoil = true;
  await expect(downloaded('maker/one')).rejects.toMatchObject({ code: 'DOWNLOAD_DAMAGED' });
});

test('a name that leads elsewhere is no download', async () => {
  for (const id of ['../x', 'ab', 'f'.repeat(32)])
    await expect(datasets.find(id)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('downloads that nobody imports are removed after a week', async () => {
  const { id } = await downloaded('maker/one');
  const root = join(folder, 'downloads');
  mkdirSync(join(root, 'old'));
  writeFileSync(join(root, 'old/train.csv.part'), 'x');
  utimesSync(join(root, 'old/train.csv.part'), 0, 0);
  await clearHubDownloads(root, Date.now());
  expect(readdirSync(root)).toEqual([id]);
});

test('the command line finds, tells and imports a dataset of the hub', async () => {
  const home = join(folder, 'studio');
  vi.stubEnv('HF_ENDPOINT', hub.address);
  vi.stubEnv('HF_HOME', join(folder, 'hf'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const unclear = await runCommand(home, ['import', 'hf://datasets/maker/kinds', '--task', 'custom']);
  expect(unclear.json.error).toMatchObject({ code: 'HUB_DATASET_UNCLEAR' });
  expect(unclear.json.error.message).toContain('hf://datasets/maker/kinds/people.csv');
  // Regression: the splits of a dataset had to be imported one by one, as datasets of their own.
  const divided = await answerOf(home, ['import', 'hf://datasets/maker/divided', '--task', 'custom']);
  expect(divided.dataset).toMatchObject({ name: 'divided', splits: { train: 20, validation: 20, test: 20 } });
  hub.hold = 100_000;
  hub.asked.length = 0;
  const stopped = startCommand(home, ['import', 'hf://datasets/maker/big', '--task', 'custom']);
  await expect.poll(() => hub.asked).toContain('train.csv');
  stopped.kill('SIGINT');
  expect(await stopped.outcome).toMatchObject({
    status: 130,
    json: { error: { code: 'INTERRUPTED', message: 'The download was stopped.' } },
  });
  hub.hold = undefined;
  const resumed = await answerOf(home, ['import', 'hf://datasets/maker/big', '--task', 'custom']);
  expect(resumed.dataset).toMatchObject({ name: 'big train', rows: 20_000 });
  const words = ['--task', 'custom', '--map', 'context=question,target=answer'];
  const one = await answerOf(home, ['import', 'hf://datasets/maker/packed', ...words]);
  expect(one).toMatchObject({
    dataset: { name: 'packed facts', rows: 20 },
    file: { hub: { repository: 'maker/packed', revision: 'c0'.repeat(20), files: ['facts.csv.gz'] } },
  });
  expect(readdirSync(join(home, 'dataset-downloads'))).toEqual([]);
}, 240_000);
