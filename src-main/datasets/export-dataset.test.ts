import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ExportFormat } from '../../src-contract/dataset-version.ts';
import { DatasetFolder, type GivenRow } from '../../test/fixtures/dataset-folder.ts';
import { tableFile } from '../../test/fixtures/table-file.ts';
import { exportDataset } from './export-dataset.ts';
import { importDataset } from './importing/import-dataset.ts';

let given: DatasetFolder;
let folder: string;
beforeEach(() => {
  given = new DatasetFolder();
  folder = mkdtempSync(join(tmpdir(), 'export-'));
});
afterEach(() => {
  given.close();
  rmSync(folder, { recursive: true, force: true });
});

const difficult: readonly GivenRow[] = [
  { context: ' leading and trailing blanks ', target: '\ttab', group: 'g1' },
  { context: 'a "quoted", text\r\nwith a break\nand another\r', target: '=1+1' },
  { context: '한국어 문장, 쉼표', target: '😀 “…”', split: 'test', group: 'g, "2"' },
  { context: "'; DROP TABLE example; --", target: 'null', split: 'validation' },
  { context: 'x'.repeat(70_000), target: '\\N' },
];

// Regression: after sixteen other datasets, its file was closed in the middle.
test('an export continues while rows of many other datasets are requested', async () => {
  const rows = Array.from({ length: 5000 }, (_, row) => ({ context: `context ${row}${' and more'.repeat(100)}` }));
  const dataset = given.make(rows);
  const others = Array.from({ length: 20 }, () => given.make([{ context: 'a', target: 'b' }]).id);
  const reading = given.store.examples(dataset.id);
  expect(reading.next().value).toMatchObject({ position: 0 });
  for (const id of others) given.store.rows(id);
  expect([...reading]).toHaveLength(4999);
});

test('the most recently used row files stay open', () => {
  const ids = Array.from({ length: 17 }, () => given.make([{ context: 'a', target: 'b' }]).id);
  const [first = '', ...others] = ids;
  const kept = given.store.rows(first);
  for (const id of others) {
    given.store.rows(id);
    expect(given.store.rows(first)).toBe(kept);
  }
});

// Regression: any error with a code was reported as an unwritable path.
test('a full disk and a damaged dataset are reported as such', async () => {
  const dataset = given.make(Array.from({ length: 3000 }, (_, row) => ({ context: `${row} ${'x'.repeat(900)}` })));
  const exported = () => exportDataset(given.store, { dataset, format: 'csv', out: join(folder, 'out.csv') });
  const reading = vi.spyOn(given.store, 'examples').mockImplementation(() => {
    throw Object.assign(new Error('no room'), { code: 'ENOSPC', syscall: 'write' });
  });
  await expect(exported()).rejects.toMatchObject({ code: 'DISK_FULL', data: { folder } });
  reading.mockRestore();
  given.store.letGo(dataset.id);
  const file = given.store.rowsFile(dataset.id);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, 40_000));
  await expect(exported()).rejects.toMatchObject({ code: 'DATASET_FILE_DAMAGED', data: { dataset: dataset.name } });
  expect(readdirSync(folder)).toEqual([]);
});

test.each<ExportFormat>(['csv', 'jsonl', 'parquet'])(
  'rows exported as %s and imported again are identical, byte for byte',
  async (format) => {
    const dataset = given.make(
      Array.from({ length: 60 }, (_, turn) =>
        difficult.map((row) => ({ ...row, context: `${row.context}${turn}` })),
      ).flat(),
    );
    const out = join(folder, `out.${format}`);
    expect(await exportDataset(given.store, { dataset, format, out })).toEqual({ file: out, rows: 300 });
    const { store, datasetsFolder } = given;
    const job = { file: tableFile(out), task: 'custom' as const, seed: 0, now: 1 };
    let id = '';
    for await (const event of importDataset({ store, datasetsFolder }, job, new AbortController().signal)) {
      if (event.kind === 'finished') {
        id = event.dataset.id;
        expect(event.rejected.count).toBe(0);
      }
    }
    const content = (dataset_: string) =>
      [...store.examples(dataset_)].map(({ context, target, group }) => [context, target, group]);
    expect(content(id)).toEqual(content(dataset.id));
  },
);

test('each line of JSON Lines holds one row unchanged', async () => {
  const dataset = given.make(difficult);
  const out = join(folder, 'out.jsonl');
  await exportDataset(given.store, { dataset, format: 'jsonl', out });
  const lines = readFileSync(out, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    difficult.map(({ context, target, group = null, split = 'train' }) => ({ context, target, group, split })),
  );
});

test('an earlier version can be exported', async () => {
  const { id } = given.make([{ context: 'a', target: '1' }]);
  await given.changes.edit(id, { position: 0, content: { target: '2' } });
  const dataset = given.store.get(id);
  for (const version of [1, 2]) {
    const out = join(folder, `${version}.csv`);
    await exportDataset(given.store, { dataset, version, format: 'csv', out });
    expect(readFileSync(out, 'utf8')).toBe(`context,target,group,split\r\na,${version},,train\r\n`);
  }
  const gone = exportDataset(given.store, { dataset, version: 9, format: 'csv', out: join(folder, 'x') });
  await expect(gone).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

test('an existing file is neither replaced nor mistaken for the unfinished export', async () => {
  const dataset = given.make([{ context: 'a', target: '1' }]);
  const [taken, beside] = [join(folder, 'taken.csv'), join(folder, 'out.csv.part')];
  for (const path of [taken, beside]) writeFileSync(path, 'mine');
  const refused = exportDataset(given.store, { dataset, format: 'csv', out: taken });
  await expect(refused).rejects.toMatchObject({ code: 'OUT_UNUSABLE', data: { because: { code: 'PATH_TAKEN' } } });
  await exportDataset(given.store, { dataset, format: 'csv', out: join(folder, 'out.csv') });
  for (const path of [taken, beside]) expect(readFileSync(path, 'utf8')).toBe('mine');
  expect(readdirSync(folder).sort()).toEqual(['out.csv', 'out.csv.part', 'taken.csv']);
});

// Regression: what a killed export had written stayed for good beside the file that was wanted.
test('an export is noted in the data folder until it is done, so that the next start can remove it', async () => {
  const dataset = given.make([{ context: 'a', target: '1' }]);
  const dataDir = join(folder, 'data');
  const reading = given.store.examples.bind(given.store);
  let noted: string[] = [];
  vi.spyOn(given.store, 'examples').mockImplementation(function* (...about) {
    noted = readdirSync(join(dataDir, 'copying'));
    yield* reading(...about);
  });
  await exportDataset(given.store, { dataset, format: 'csv', out: join(folder, 'out.csv'), dataDir });
  expect(noted).toHaveLength(1);
  expect(readdirSync(join(dataDir, 'copying'))).toEqual([]);
});
