import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ExportFormat } from '../../src-contract/dataset-version.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { DatasetFolder, type GivenRow } from '../../test/fixtures/dataset-folder.ts';
import { tableFile } from '../../test/fixtures/table-file.ts';
import { exportDataset } from './export-dataset.ts';
import { importDataset } from './importing/import-dataset.ts';
import { inspectTable } from './importing/inspect.ts';

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

const eachFormat = test.each<ExportFormat>(['csv', 'jsonl', 'parquet']);

// Regression: a file told neither that a context was made of columns, nor of which, nor what its task was.
eachFormat('a dataset of several columns exported as %s is proposed as what it was made of', async (format) => {
  const shop = [
    ['Brand', 'Product  text', 'Price', 'Sum', 'due'],
    ['Acme', 'A lamp.\nPrice: see below', '12', '12.00', '2 May'],
    ['', 'A chair\n\n', '', '7', ''],
    ['Bolt', '  ', '9', '', '3 June'],
  ].map((row) => row.map((cell) => `"${cell}"`).join(','));
  const chosen = { context: 'Brand', context3: 'Product  text', context5: 'Price', target: 'Sum', target2: 'due' };
  const first = await imported('shop.csv', shop.join('\n'), chosen);
  const out = join(folder, `out.${format}`);
  await exportDataset(given.store, { dataset: first, format, out });
  const { proposedTask, mappings } = await inspectTable(tableFile(out), {});
  const exported = {
    ...{ context: 'context.Brand', context2: 'context.Product  text', context3: 'context.Price' },
    ...{ target: 'target.Sum', target2: 'target.due', group: 'group', split: 'split' },
  };
  expect([proposedTask, mappings.custom]).toEqual(['custom', exported]);
  // As from the command line, without a word about columns, and as from the page.
  for (const mapping of [undefined, mappings.custom]) {
    const again = await imported(out, undefined, mapping);
    expect(again.mapping).toEqual({
      ...{ context: 'Brand', context2: 'Product  text', context3: 'Price' },
      ...{ target: 'Sum', target2: 'due', group: 'group', split: 'split' },
    });
    expect(given.shown(again.id)).toEqual(given.shown(first.id));
  }
  await given.changes.edit(first.id, { position: 0, content: { context: 'Written anew' } });
  const free = join(folder, `free.${format}`);
  await exportDataset(given.store, { dataset: given.store.get(first.id), format, out: free });
  expect((await inspectTable(tableFile(free), {})).mappings.custom).toMatchObject({
    ...{ context: 'context', target: 'target.Sum', target2: 'target.due' },
  });
});

eachFormat('an export as %s tells its task', async (format) => {
  const rows = {
    summarisation: { context: '배송이 이틀 늦었습니다. 오늘 도착합니다.', target: '배송 지연' },
    mrc: { context: 'Passage: Bonn lies on the Rhine.\n\nQuestion: Where does Bonn lie?', target: 'on the Rhine' },
    nl2sql: { context: 'Schema:\ntown(name text)\n\nQuestion: Which towns?', target: 'SELECT name FROM town' },
    custom: { context: 'Bonn', target: 'a town' },
  };
  for (const [task, row] of Object.entries(rows) as [TaskId, GivenRow][]) {
    const dataset = given.make([row, row], { task });
    const out = join(folder, `${task}.${format}`);
    await exportDataset(given.store, { dataset, format, out });
    expect((await inspectTable(tableFile(out), {})).proposedTask).toBe(task);
    expect(given.shown((await imported(out, undefined, undefined, task)).id)).toEqual(given.shown(dataset.id));
  }
});

/** `text` is written to the file first. */
async function imported(name: string, text?: string, mapping?: ColumnMapping, task: TaskId = 'custom') {
  const path = join(folder, basename(name));
  if (text !== undefined) writeFileSync(path, text);
  const { store, datasetsFolder } = given;
  const job = { file: tableFile(path), task, mapping, seed: 0, now: 1 };
  for await (const event of importDataset({ store, datasetsFolder }, job, new AbortController().signal))
    if (event.kind === 'finished') return event.dataset;
  throw new Error('The import did not finish.');
}
