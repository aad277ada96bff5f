import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Dataset, ImportEvent } from '../../../src-contract/dataset.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { openDatabase, type StudioDatabase } from '../../database/open.ts';
import { ProcessLock } from '../../database/process-lock.ts';
import { listDatabases } from '../databases/attach-to-dataset.ts';
import { attachedFile } from '../databases/attached-database.ts';
import { clearDatasets } from '../dataset-procedures.ts';
import { DatasetStore } from '../dataset-store.ts';
import { DatasetChanges } from '../versions/change-dataset.ts';
import { type ImportJob, importDataset } from './import-dataset.ts';

let folder: string;
let database: StudioDatabase;
let lock: ProcessLock;
let store: DatasetStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
  for (const name of ['datasets', 'locks']) mkdirSync(join(folder, name));
  database = openDatabase(join(folder, 'studio.sqlite'));
  lock = new ProcessLock(join(folder, 'locks'));
  store = new DatasetStore(database, lock, join(folder, 'datasets'));
});
afterEach(() => {
  store.close();
  database.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
});

test('rows are numbered in order with their line numbers, and the dataset is complete', async () => {
  const { dataset, file, rejected } = await importText('context,target\r\n"a\nb",1\r\n\r\nc,2\r\n');
  expect(dataset).toMatchObject({
    name: 'table',
    task: 'custom',
    version: 1,
    rows: 2,
    rejected: 0,
    hasDatabase: false,
  });
  expect(file).toMatchObject({ rows: 2, bytes: 32, delimiter: ',' });
  expect(rejected).toEqual({ count: 0, reasons: {} });
  expect([...store.examples(dataset.id)]).toMatchObject([
    { id: 'r0', position: 0, line: 2, context: 'a\nb', target: '1' },
    { id: 'r1', position: 1, line: 5, context: 'c', target: '2' },
  ]);
});

// Regression: the second of an import's two passes took the names for a row.
test('the column names above JSON lists of cells are not a row', async () => {
  const { dataset, rejected } = await importText('[["context","target"],["a","1"],["b","2"]]');
  expect(dataset.rows).toBe(2);
  expect(rejected.count).toBe(0);
});

test('a small table has rows in every split, and the same ones when imported again', async () => {
  const text = `context,target\n${Array.from({ length: 12 }, (_, row) => `row ${row},x\n`).join('')}`;
  const first = await importText(text);
  const again = await importText(text);
  expect(Math.min(...Object.values(first.dataset.splits))).toBeGreaterThan(0);
  expect(again.dataset).toMatchObject({ name: 'table 2', splits: first.dataset.splits, sha256: first.dataset.sha256 });
  const other = await importText(text, { seed: 5 });
  expect(other.dataset.sha256).not.toBe(first.dataset.sha256);
});

test('no group is in two splits', async () => {
  const rows = Array.from({ length: 300 }, (_, row) => `row ${row},x,group ${row % 30}\n`);
  const { dataset } = await importText(`context,target,group\n${rows.join('')}`);
  const splits = new Map<string | null, Set<string>>();
  for (const { group, split } of store.examples(dataset.id)) {
    splits.set(group, (splits.get(group) ?? new Set()).add(split));
  }
  expect(splits.size).toBe(30);
  expect([...splits.values()].every((found) => found.size === 1)).toBe(true);
});

// Regression: every row was said to start another table. Python on Windows writes such files.
test.each(['\r\r\n', '\n\n'])(
  'in a file with a blank line after each row, none starts another table: %j',
  async (end) => {
    const rows = ['context,target', ...Array.from({ length: 30 }, (_, row) => `word${'s'.repeat(row)},name`)];
    const spaced = await importText(rows.join(end));
    expect(spaced).toMatchObject({ dataset: { rows: 30, rejected: 0 }, warned: { count: 0 } });
    rows.splice(15, 0, '', 'place,river');
    const apart = await importText(rows.join('\n'));
    expect(apart).toMatchObject({ warned: { count: 1, reasons: { ROW_SECOND_TABLE: 1 } } });
  },
);

// Regression: a 16 MB cell blocked the page for half a minute.
test('a long rejected cell is listed by its beginning and saved whole in the file', async () => {
  const long = 'x'.repeat(2_000_000);
  const { dataset, rejected } = await importText(`context,target,note\na,1,x\n${long},2,\nb\n`);
  const [first, second] = store.rows(dataset.id).rejections({ offset: 0, limit: 2 });
  expect(first).toMatchObject({ code: 'ROW_CELL_TOO_LONG', cells: [`${'x'.repeat(9_999)}…`, '2', ''], isCut: true });
  expect(second).toMatchObject({ cells: ['b'], isCut: false });
  expect(readFileSync(rejected.file ?? '', 'utf8')).toContain(long);
});

// Regression: they were said to be on lines of a text file.
test('unusable rows of a workbook are named by the row of the sheet', async () => {
  const path = join(import.meta.dirname, '../../../test/fixtures/tables/book.xlsx');
  const mapping = { context: 'passage', target: 'answer' };
  const { rejected } = await importFile(path, { mapping });
  expect(readFileSync(rejected.file ?? '', 'utf8')).toContain('Row 6: The cell in the column “answer” is empty.');
});

// Regression: in a file without line breaks, all of them were said to be on line 1.
test('unusable rows of a JSON list are named by their place in the list', async () => {
  const rowsOf = (...targets: string[]) => targets.map((target) => ({ context: 'a', target }));
  const reasonsOf = async (name: string, value: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    const { rejected } = await importFile(join(folder, name));
    return [...readFileSync(rejected.file ?? '', 'utf8').matchAll(/(?:\w+, )?item \d+: The cell/gi)].map(String);
  };
  expect(await reasonsOf('list.json', rowsOf('1', '', '3', ''))).toEqual(['Item 2: The cell', 'Item 4: The cell']);
  expect(await reasonsOf('columns.json', { context: ['a', 'b'], target: ['1', ''] })).toEqual(['Item 2: The cell']);
  const splits = { train: rowsOf('1', '2', ''), test: rowsOf('', '2') };
  expect(await reasonsOf('splits.json', splits)).toEqual(['train, item 3: The cell', 'test, item 1: The cell']);
  mkdirSync(join(folder, 'both'));
  writeFileSync(join(folder, 'both', 'a.csv'), 'context,target\na,\n');
  writeFileSync(join(folder, 'both', 'b.txt'), JSON.stringify(rowsOf('1', '')));
  const { rejected } = await importFile(join(folder, 'both'));
  const text = readFileSync(rejected.file ?? '', 'utf8');
  expect(text).toMatch(/a\.csv, line 2: .*\r\n.*b\.txt, item 2: /);
  const { warned } = await importText(text.replaceAll('a,,', 'a,b,'), { name: 'mended' });
  expect(warned.reasons).toEqual({ ROW_LEFT_OUT: 2 });
});

// Regression: rows of which one lacked a quote were said to be one that is “not like the others”.
test('a JSON row that is never closed is said to contain all that follows', async () => {
  const rows = Array.from({ length: 9 }, (_, row) => ({ context: `row ${row}`, target: 'x' }));
  const reasonsOf = async (text: string) => {
    const { dataset, rejected } = await importText(text);
    return [dataset.rows, rejected.reasons];
  };
  for (const list of [JSON.stringify(rows), JSON.stringify({ version: 1, data: rows }, null, 2)]) {
    expect(await reasonsOf(list.replace('row 4"', 'row 4'))).toEqual([4, { ROW_JSON_OPEN: 1 }]);
    expect(await reasonsOf(list.slice(0, list.indexOf('row 7')))).toEqual([7, { ROW_JSON_OPEN: 1 }]);
  }
  expect(await reasonsOf(`${JSON.stringify(rows)}\n-- 9 rows --`)).toEqual([9, { ROW_JSON_INVALID: 1 }]);
});

test('unusable rows are listed, and can be corrected and imported again', async () => {
  const { dataset, rejected } = await importText('context,target,note\na,1,x\n,2,"y, ""z"""\nb\nc,3,n,more\n');
  expect(dataset).toMatchObject({ rows: 1, rejected: 3 });
  expect(rejected).toMatchObject({
    count: 3,
    reasons: { ROW_CONTEXT_EMPTY: 1, ROW_CELL_MISSING: 1, ROW_TOO_MANY_CELLS: 1 },
  });
  expect(store.rows(dataset.id).rejections({ offset: 0, limit: 2 })).toEqual([
    {
      line: 3,
      code: 'ROW_CONTEXT_EMPTY',
      data: { column: 'context' },
      message: 'The cell in the column “context” is empty.',
      cells: ['', '2', 'y, "z"'],
      isCut: false,
    },
    {
      ...{ line: 4, code: 'ROW_CELL_MISSING', data: { column: 'target' } },
      ...{ message: 'The row ends before the column “target”.', cells: ['b'], isCut: false },
    },
  ]);
  const text = readFileSync(rejected.file ?? '', 'utf8');
  expect(text.split('\r\n').slice(0, 2)).toEqual([
    'context,target,note,reason',
    ',2,"y, ""z""",Line 3: The cell in the column “context” is empty.',
  ]);
  const mended = await importText(text.replace('\r\n,2', '\r\nmended,2').replace('b,,,', 'b,5,,'), { name: 'mended' });
  expect(mended.dataset).toMatchObject({ rows: 2, rejected: 1 });
});

test.each([
  ['context,wrong\na,b\n', 'CSV_COLUMN_MISSING'],
  ['context,target\n', 'CSV_NO_ROWS'],
  // Regression: told to lack a column, and once it had one, to have no rows.
  ['context,wrong\n', 'CSV_NO_ROWS'],
  ['context,target\n,\n', 'CSV_NO_ROWS'],
  ['', 'FILE_EMPTY'],
  ['%PDF-1.4\nx', 'FILE_NOT_A_TABLE'],
])('a failed import leaves nothing behind: %#', async (text, code) => {
  await expect(importText(text)).rejects.toMatchObject({ code });
  expectNothing();
});

test('every row is imported or rejected, and oddities are reported as warnings', async () => {
  const rows = ['context,target', '"a","=SUM(A1:A2)"', 'context,target', '"b" c,d', 'e,f\0', '"open,g', 'h,i'];
  const { dataset, file, rejected, warned } = await importText(rows.join('\n'));
  expect(dataset.rows + rejected.count).toBe(file.rows);
  expect(rejected.reasons).toEqual({ ROW_HEADER_AGAIN: 1, ROW_QUOTE_OPEN: 1 });
  const reasons = { ROW_FORMULA: 1, ROW_TEXT_AFTER_QUOTE: 1, ROW_NUL: 1 };
  const places = { ROW_FORMULA: [2], ROW_TEXT_AFTER_QUOTE: [4], ROW_NUL: [5] };
  expect(warned).toEqual({ count: 3, reasons, places });
  expect([...store.examples(dataset.id)].map((row) => [row.target, row.warning])).toEqual([
    ['=SUM(A1:A2)', 'ROW_FORMULA'],
    ['d', 'ROW_TEXT_AFTER_QUOTE'],
    ['f\0', 'ROW_NUL'],
    ['i', null],
  ]);
});

// Regression: it was imported as it was, and the model learned other tokens than those of what people type.
test('Korean in pieces is put together, and the row says so', async () => {
  const row = (text: string) => `id,context,target\n1,${text} 어디?,한강\n2,한국,가\n`;
  const { dataset, warned } = await importText(row('서울은'.normalize('NFD')));
  expect(warned).toEqual({ count: 1, reasons: { ROW_COMPOSED: 1 }, places: { ROW_COMPOSED: [2] } });
  expect([...store.examples(dataset.id)].map(({ context }) => context)).toEqual(['서울은 어디?', '한국']);
  const typed = await importText(row('서울은'), { name: 'typed' });
  expect(typed.dataset.sha256).toBe(dataset.sha256);
});

test('a large file imported in a thread has the same hash as one imported in this one', async () => {
  const text = `context,target\n${Array.from({ length: 30_000 }, (_, row) => `row ${row} of a table that is long enough for a thread,x ${row}\n`).join('')}`;
  const { dataset } = await importText(`${text}${' '.repeat(2_000_000)},\n`);
  const inline = await importText(`${text} ,\n`);
  expect(dataset).toMatchObject({ rows: 30_000, rejected: 1, sha256: inline.dataset.sha256 });
});

test.each([
  ['in this thread', 20_000],
  ['in its own thread', 200_000],
])('an import aborted %s leaves nothing behind', async (_, rows) => {
  const abort = new AbortController();
  const path = join(folder, 'table.csv');
  writeFileSync(path, `context,target\n,x\n${'some context,some target\n'.repeat(rows)}`);
  const events = importDataset({ store, datasetsFolder: join(folder, 'datasets') }, job(path), abort.signal);
  await expect(async () => {
    for await (const event of events) {
      if (event.kind === 'started') setTimeout(() => abort.abort(), 20);
      if (event.kind === 'finished') throw new Error('finished before the abort');
    }
  }).rejects.toMatchObject({ name: 'AbortError' });
  expectNothing();
});

test('an error in the thread keeps its code', async () => {
  const text = `first,second\n${'some context,some target\n'.repeat(100_000)}`;
  await expect(importText(text, { task: 'mrc' })).rejects.toMatchObject({ code: 'CSV_COLUMN_MISSING' });
  expectNothing();
});

test('a consumer that stops watching undoes the import', async () => {
  const path = join(folder, 'table.csv');
  writeFileSync(path, `context,target\n${'some context,some target\n'.repeat(5000)}`);
  const signal = new AbortController().signal;
  for await (const event of importDataset({ store, datasetsFolder: join(folder, 'datasets') }, job(path), signal)) {
    if (event.kind === 'started') break;
  }
  expectNothing();
});

test('a taken name is refused, and a restored dataset gets a new name if its own is taken', async () => {
  const { dataset } = await importText('context,target\na,b\n', { name: 'Mine' });
  await expect(importText('context,target\na,b\n', { name: 'Mine' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  store.markDeleted(dataset.id, 1);
  expect(() => store.get('Mine')).toThrow(expect.objectContaining({ code: 'DATASET_NOT_FOUND' }));
  const next = await importText('context,target\na,b\n', { name: 'Mine' });
  expect(store.restore(dataset.id).name).toBe('Mine 2');
  expect(store.get('Mine').id).toBe(next.dataset.id);
});

test('a deleted dataset is removed by a later process once it is kept no longer, but not while its own is alive', async () => {
  const { dataset, rejected } = await importText('context,target\na,b\n,c\n');
  store.markDeleted(dataset.id, 1);
  const later = new ProcessLock(join(folder, 'locks'));
  const laterStore = new DatasetStore(database, later, join(folder, 'datasets'));
  await clearDatasets(laterStore, join(folder, 'datasets'), 1);
  expect(existsSync(rejected.file ?? '')).toBe(true);
  lock.release();
  await clearDatasets(laterStore, join(folder, 'datasets'), 0);
  expect(existsSync(rejected.file ?? '')).toBe(true);
  await clearDatasets(laterStore, join(folder, 'datasets'), 1);
  later.release();
  expectNothing();
  lock = new ProcessLock(join(folder, 'locks'));
});

test('databases named by the rows are copied, and others are not', async () => {
  mkdirSync(join(folder, 'dbs'));
  // As macOS names it.
  const tea = '차'.normalize('NFD');
  for (const name of ['school.sqlite', 'shop.db', `${tea}.db`, 'unused.sqlite'])
    openDatabase(join(folder, 'dbs', name)).close();
  const text =
    'schema,question,sql,db\ns,q1,SELECT 1,school\ns,q2,SELECT 2,shop\ns,q3,SELECT 3,차\ns,q4,SELECT 4,../secret\n';
  const { dataset } = await importText(text, { task: 'nl2sql', database: { path: join(folder, 'dbs'), name: 'dbs' } });
  expect(dataset.hasDatabase).toBe(true);
  expect([...store.examples(dataset.id)].map((row) => row.database)).toEqual(['school', 'shop', '차', '../secret']);
  const own = join(folder, 'datasets', dataset.id);
  expect(readdirSync(join(own, 'databases')).sort()).toEqual(['school.sqlite', 'shop.sqlite', '차.sqlite']);
  expect(attachedFile(own, 'shop')).toBe(join(own, 'databases', 'shop.sqlite'));
  expect(() => attachedFile(own, '../secret')).toThrowError(expect.objectContaining({ code: 'SQL_REFUSED' }));
});

test('rows keep their database names without attached databases, however they are written', async () => {
  // Regression: a row that had to be judged, like the second for its blanks, lost its name.
  const text = 'schema,question,sql,db\ns,q1,SELECT 1,school\ns, q2,SELECT 2, shop \ns,"q ""3""",SELECT 3,"zoo"\n';
  const { dataset } = await importText(text, { task: 'nl2sql' });
  expect([...store.examples(dataset.id)].map((row) => row.database)).toEqual(['school', 'shop', 'zoo']);
});

test('a single database serves all rows, and a file that is not a database is refused', async () => {
  openDatabase(join(folder, 'one.sqlite')).close();
  const text = 'schema,question,sql,db\ns,q1,SELECT 1,\ns,"q2 ""so""",SELECT 1,shop\n';
  const { dataset } = await importText(text, {
    task: 'nl2sql',
    database: { path: join(folder, 'one.sqlite'), name: 'one.sqlite' },
  });
  const own = join(folder, 'datasets', dataset.id);
  const names = [...store.examples(dataset.id)].map((row) => row.database);
  expect(names).toEqual([null, 'shop']);
  expect(names.map((name) => attachedFile(own, name))).toEqual(Array(2).fill(join(own, 'databases', 'one.sqlite')));
  expect(await listDatabases(own)).toMatchObject([{ name: 'one', rowsOfOthers: 1 }]);
  writeFileSync(join(folder, 'two.sqlite'), 'no database');
  const wrong = importText(text, {
    task: 'nl2sql',
    database: { path: join(folder, 'two.sqlite'), name: 'two.sqlite' },
  });
  await expect(wrong).rejects.toMatchObject({ code: 'DATABASE_ATTACHED_INVALID' });
  expect(store.list()).toHaveLength(1);
});

// Regression: the dataset was in the list without them, and stayed so if the studio was ended at that moment.
test('a dataset whose schemas have to be written is not seen without them', async () => {
  const [table, shop] = ['questions.csv', 'shop.sqlite'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(table, 'question,sql\nHow many?,SELECT 1\n');
  openDatabase(shop).close();
  const changes = new DatasetChanges(store, () => 2);
  const seen: unknown[] = [];
  const writeSchema = async ({ id }: Dataset) => {
    await changes.edit(id, { position: 0, content: { context: 'Schema:\nseller(id)\n\nQuestion: How many?' } });
    seen.push(store.list(), store.listLeftovers(0));
  };
  const parts = { store, datasetsFolder: join(folder, 'datasets'), writeSchema };
  const asked = job(table, { task: 'nl2sql', database: { path: shop, name: 'shop.sqlite' } });
  for await (const event of importDataset(parts, asked, new AbortController().signal)) {
    if (event.kind === 'finished') seen.push(event.dataset.version, event.dataset.rows);
  }
  expect(seen).toEqual([[], [], 2, 1]);
  expect(store.list()).toHaveLength(1);
});

test('rows are found by ID, by the ID in the file, by position and by split', async () => {
  const rows = Array.from({ length: 1200 }, (_, row) => `s-${row},context ${row},100% of ${row}\n`);
  const { dataset } = await importText(`id,context,target\n${rows.join('')}`);
  expect(store.example(dataset.id, 'r7').context).toBe('context 7');
  expect(store.example(dataset.id, 's-7').position).toBe(7);
  expect(store.example(dataset.id, '7').position).toBe(7);
  expect(() => store.example(dataset.id, 'nothing')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  const positions = [...store.examples(dataset.id, 'train')].map((row) => row.position);
  expect(positions).toHaveLength(dataset.splits.train);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  expect(
    store
      .rows(dataset.id)
      .examplesAt(1, [3, 1, 5000])
      .map((row) => row.position),
  ).toEqual([3, 1]);
});

function job(path: string, more: Partial<ImportJob> = {}): ImportJob {
  return { file: tableFile(path), task: 'custom', seed: 0, now: 1, ...more };
}

async function importText(text: string, more: Partial<ImportJob> = {}) {
  const path = join(folder, 'table.csv');
  writeFileSync(path, text);
  return await importFile(path, more);
}

async function importFile(path: string, more: Partial<ImportJob> = {}) {
  let last: ImportEvent | undefined;
  const signal = new AbortController().signal;
  for await (const event of importDataset(
    { store, datasetsFolder: join(folder, 'datasets') },
    job(path, more),
    signal,
  )) {
    last = event;
  }
  if (last?.kind !== 'finished') throw new Error('the import did not finish');
  return last;
}

function expectNothing() {
  expect(database.prepare('SELECT count(*) AS n FROM dataset').get()).toEqual({ n: 0 });
  expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
}

test('rows stay in the split that their own column names, and other rows are assigned one', async () => {
  const lines = Array.from(
    { length: 40 },
    (_, row) => `c${row},t${row},${row < 30 ? 'train' : row < 34 ? 'valid' : 'TEST'}`,
  );
  const { dataset, warned } = await importText(`context,target,split\n${lines.join('\n')}\nx,y,nowhere\n`);
  expect(dataset.mapping.split).toBe('split');
  const rows = [...store.examples(dataset.id)];
  expect(rows.slice(0, 40).map(({ split }) => split)).toEqual([
    ...Array.from({ length: 30 }, () => 'train'),
    ...Array.from({ length: 4 }, () => 'validation'),
    ...Array.from({ length: 6 }, () => 'test'),
  ]);
  expect(rows[40]?.warning).toBe('ROW_SPLIT_UNKNOWN');
  expect(warned.reasons).toEqual({ ROW_SPLIT_UNKNOWN: 1 });
});
