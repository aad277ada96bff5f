import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import type { ColumnMapping } from '../../../src-contract/task.ts';
import { DatasetFolder } from '../../../test/fixtures/dataset-folder.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { addFromFile } from './add-from-file.ts';
import { importDataset } from './import-dataset.ts';

let given: DatasetFolder;
beforeEach(() => {
  given = new DatasetFolder();
});
afterEach(() => given.close());

test('rejected rows, corrected in their file, are added to the same dataset in the splits of their groups', async () => {
  const { store, changes } = given;
  const lines = Array.from(
    { length: 60 },
    (_, row) => `q${row},c${row},${row % 10 === 3 ? '' : `t${row}`},g${row % 6}`,
  );
  const { dataset, rejectFile } = await imported(`id,context,target,group\n${lines.join('\n')}\n`);
  expect([dataset.rows, dataset.rejected]).toEqual([54, 6]);

  // Five of the six are corrected; the reasons stay in the file, as they naturally would.
  let left = 5;
  const mended = readFileSync(rejectFile, 'utf8').replace(/^(q\d+,c(\d+),),/gm, (all, start, row) =>
    left-- > 0 ? `${start}t${row},` : all,
  );
  const file = tableFile(join(given.folder, 'mended.csv'));
  writeFileSync(file.path, mended);
  const added = await addFromFile({ store, changes }, { dataset, file });
  expect(added).toMatchObject({ added: 5, rejected: { count: 1, reasons: { ROW_TARGET_EMPTY: 1 } } });
  expect(added.dataset).toMatchObject({ version: 2, rows: 59 });
  expect(store.example(dataset.id, 'q3')).toMatchObject({ context: 'c3', target: 't3', group: 'g3' });

  const splits = new Map<string | null, Set<string>>();
  for (const { group, split } of store.examples(dataset.id)) {
    splits.set(group, (splits.get(group) ?? new Set()).add(split));
  }
  expect([...splits.values()].every((found) => found.size === 1)).toBe(true);

  const before = await changes.bringBack(dataset.id, 'undo');
  expect(before).toMatchObject({ rows: 54, sha256: dataset.sha256 });
});

// Regression: a file that was added again had all of its rows twice.
test('rows that the dataset already has are left out, unless copies are wanted', async () => {
  const { store, changes } = given;
  const { dataset } = await imported('context,target\na,1\nb,2\nb,2\nc,3\n');
  const add = (text: string, copies?: boolean) => {
    const file = tableFile(join(given.folder, 'more.csv'));
    writeFileSync(file.path, text);
    return addFromFile({ store, changes }, { dataset: store.get(dataset.id), file, copies });
  };
  expect(await add('context,target\na,1\nb,2\nc,3\n')).toMatchObject({ added: 0, known: 3, dataset: { version: 1 } });
  // The same question with another answer is another row; a row twice in the file is as in an import.
  const more = await add('context,target\nb,2\nb,3\nd,4\nd,4\ne,\n');
  expect(more).toMatchObject({ added: 3, known: 1, rejected: { count: 1 }, dataset: { version: 2, rows: 7, made: 2 } });
  expect(await add('context,target\na,1\nd,4\n', true)).toMatchObject({ added: 2, known: 0, dataset: { rows: 9 } });
  // What has been deleted may come back.
  await changes.bringBack(dataset.id, 'undo');
  await changes.bringBack(dataset.id, 'undo');
  expect(await add('context,target\nd,4\n')).toMatchObject({ added: 1, known: 0, dataset: { rows: 5 } });
});

// Regression: a column “context” was missing, for which --map was to be given, which nothing that adds rows has.
test('a file that lacks a column is told its name in the dataset’s first file', async () => {
  const { store, changes } = given;
  const { dataset } = await imported('message,topic\na,1\n', {}, { context: 'message', target: 'topic' });
  const file = tableFile(join(given.folder, 'other.csv'));
  const add = () => addFromFile({ store, changes }, { dataset, file });
  writeFileSync(file.path, 'question,topic\nb,2\n');
  const data = { file: 'other.csv', column: 'message', found: '“question”, “topic”' };
  await expect(add()).rejects.toMatchObject({ code: 'ADDED_COLUMN_MISSING', data });
  writeFileSync(file.path, 'context,topic\nb,2\n');
  expect(await add()).toMatchObject({ added: 1 });
});

// Regression: the page showed an empty notice, and the command line said only that no row was added.
test('a file without rows is said to have none', async () => {
  const { store, changes } = given;
  const { dataset } = await imported('context,target\na,1\n');
  const file = tableFile(join(given.folder, 'none.csv'));
  writeFileSync(file.path, 'context,target\n');
  await expect(addFromFile({ store, changes }, { dataset, file })).rejects.toMatchObject({
    ...{ code: 'CSV_NO_ROWS', data: { file: 'none.csv', because: { code: 'NO_ROWS_BELOW_HEADER' } } },
  });
  expect(store.get(dataset.id).version).toBe(1);
});

test('rows that are still wrong are rejected again for the same reason', async () => {
  const { store, changes } = given;
  const text = 'context,target\na,1\ncontext,target\n---,---\n\xff\xfe,2\nb,2,3\n"c,3\n';
  const { dataset, rejectFile, reasons } = await imported(
    Buffer.concat([Buffer.from('context,target\n가,나\n'.repeat(9)), Buffer.from(text, 'latin1')]),
  );
  expect(reasons).toEqual({
    ...{ ROW_HEADER_AGAIN: 10, ROW_RULE: 1, ROW_ENCODING: 1, ROW_TOO_MANY_CELLS: 1, ROW_QUOTE_OPEN: 1 },
  });
  const file = tableFile(rejectFile);
  const added = await addFromFile({ store, changes }, { dataset, file });
  expect(added).toMatchObject({ added: 0, rejected: { count: 14, reasons }, dataset: { version: 1 } });

  // The quote is closed, and the surplus cell removed.
  const mended = readFileSync(rejectFile, 'utf8')
    .replace('"""c",3,', '"c",3,')
    .replace(/^(b,2,.*),3$/m, '$1');
  writeFileSync(file.path, mended);
  expect((await addFromFile({ store, changes }, { dataset, file })).added).toBe(2);
});

// Regression: rows were compared with what a page shows of them, which is cut, and not all of them.
test('a left-out row of any length that comes back unchanged is left out again', async () => {
  const { store, changes } = given;
  const damaged = Array.from({ length: 40 }, (_, row) => `\xff\xfe${'x'.repeat(200_000)}${row},2\n`).join('');
  const { dataset, rejectFile } = await imported(
    Buffer.concat([Buffer.from('context,target\n가,나\n'), Buffer.from(damaged, 'latin1')]),
  );
  expect(dataset).toMatchObject({ rows: 1, rejected: 40 });
  const added = await addFromFile({ store, changes }, { dataset, file: tableFile(rejectFile) });
  expect(added).toMatchObject({ added: 0, rejected: { count: 40, reasons: { ROW_ENCODING: 40 } } });
});

// Rows of a file without one of the columns had a context or a target of another layout.
test('rows of several columns are laid out as those that are there, and need all these columns', async () => {
  const { store, changes } = given;
  const mapping = { context: 'Product', context2: 'Colour', target: 'Sum', target2: 'Date' };
  const goods = Array.from({ length: 20 }, (_, n) => `mug ${n},red,${n},${n} May`);
  const table = `Product,Colour,Sum,Date\n${goods.join('\n')}\n`;
  const { dataset } = await imported(table, {}, mapping);
  const file = tableFile(join(given.folder, 'more.csv'));
  writeFileSync(file.path, 'date,sum,colour,product\n1 June,7,blue,jug\ndate,sum,colour,product\n');
  const added = await addFromFile({ store, changes }, { dataset, file });
  expect(added).toMatchObject({ added: 1, rejected: { reasons: { ROW_HEADER_AGAIN: 1 } } });
  const last = [...store.examples(dataset.id)].find(({ context }) => context.includes('jug'));
  expect(last).toMatchObject({ context: 'Product: jug\nColour: blue', target: '{"Sum":"7","Date":"1 June"}' });
  writeFileSync(file.path, 'Product,Sum,Date\nvase,3,2 June\n');
  await expect(addFromFile({ store, changes }, { dataset, file })).rejects.toMatchObject({
    ...{ code: 'ADDED_COLUMN_MISSING', data: { column: 'Colour' } },
  });
});

// Regression: whose answers they are was guessed anew, here by the name of the file.
test('the answers of a chat that is added are by whom they are in the dataset', async () => {
  const { store, changes } = given;
  const chat = (day: number) =>
    ['Anna: Hi', 'Tom: Hello', 'Anna: Bye', 'Tom: So soon?']
      .map((message, minute) => `1/${day}/24, 9:1${minute} AM - ${message}\n`)
      .join('');
  const { dataset } = await imported(chat(3), { speaker: 'Anna' });
  expect([...store.examples(dataset.id)].map(({ target }) => target)).toEqual(['Bye']);
  const file = tableFile(join(given.folder, 'Chat with Anna.txt'));
  writeFileSync(file.path, chat(4).replaceAll(/(?<=Anna: )/g, 'Again, '));
  expect((await addFromFile({ store, changes }, { dataset, file })).added).toBe(1);
  expect([...store.examples(dataset.id)].map(({ target }) => target)).toEqual(['Bye', 'Again, Bye']);
  const csv = { speaker: 'Tom' };
  expect((await addFromFile({ store, changes }, { dataset, file, csv })).added).toBe(2);
  writeFileSync(file.path, chat(4).replaceAll('Anna', 'Eva'));
  await expect(addFromFile({ store, changes }, { dataset, file })).rejects.toMatchObject({
    ...{ code: 'OPTION_INVALID', message: expect.stringContaining('by “Anna”, who is not in this file') },
  });
});

/** Imports a table; `rejectFile` is empty if no row was left out. */
async function imported(table: string | Buffer, csv: CsvOptions = {}, mapping: ColumnMapping = {}) {
  const { store, datasetsFolder } = given;
  const path = join(given.folder, 'table.csv');
  writeFileSync(path, table);
  const job = { file: tableFile(path), task: 'custom', csv, mapping, seed: 0, now: 1 } as const;
  for await (const event of importDataset({ store, datasetsFolder }, job, new AbortController().signal)) {
    if (event.kind !== 'finished') continue;
    const { dataset, rejected } = event;
    return { dataset, reasons: rejected.reasons, rejectFile: rejected.file ?? '' };
  }
  throw new Error('the import did not finish');
}

async function importOf(lines: readonly string[]) {
  return (await imported(`context,target\n${lines.join('\n')}\n`)).dataset;
}

// Regression: it was read on the main thread, blocking everything else.
test('a large file is read without blocking the main thread', async () => {
  const { store, changes } = given;
  const dataset = await importOf(['a,1', 'b,2']);
  const file = tableFile(join(given.folder, 'large.csv'));
  writeFileSync(file.path, `context,target\n${'nothing to be written here,\n'.repeat(800_000)}`);
  const before = performance.eventLoopUtilization();
  const added = await addFromFile({ store, changes }, { dataset, file });
  const { utilization } = performance.eventLoopUtilization(before);
  expect(added).toMatchObject({ added: 0, rejected: { reasons: { ROW_TARGET_EMPTY: 800_000 } } });
  expect(utilization).toBeLessThan(0.6);
});

test('rows of a large file are added once each, in order, in the split of rows with the same context', async () => {
  const { store, changes } = given;
  const dataset = await importOf(['a,1', 'b,2', 'c,3']);
  const splits = new Map([...store.examples(dataset.id)].map(({ context, split }) => [context, split]));
  const file = tableFile(join(given.folder, 'large.csv'));
  const words = 'word '.repeat(40);
  const lines = Array.from({ length: 20_000 }, (_, row) => `${'abc'[row % 4] ?? `${row} ${words}`},${words}${row}`);
  writeFileSync(file.path, `context,target\n${lines.join('\n')}\n`);
  expect(await addFromFile({ store, changes }, { dataset, file })).toMatchObject({ added: 20_000 });
  const rows = [...store.examples(dataset.id)].slice(3);
  expect(rows.map(({ target }) => Number(target.slice(words.length)))).toEqual(lines.map((_, row) => row));
  const beside = rows.filter(({ context }) => splits.has(context));
  expect(beside).toHaveLength(15_000);
  expect(beside.every(({ context, split }) => split === splits.get(context))).toBe(true);
});

test('adding a large file can be aborted and leaves the dataset unchanged', async () => {
  const { store, changes } = given;
  const dataset = await importOf(['a,1', 'b,2']);
  const file = tableFile(join(given.folder, 'large.csv'));
  writeFileSync(file.path, `context,target\n${'a text,another\n'.repeat(400_000)}`);
  const abort = new AbortController();
  const adding = addFromFile({ store, changes }, { dataset, file }, abort.signal);
  setTimeout(() => abort.abort(), 500);
  await expect(adding).rejects.toThrow();
  expect(store.get(dataset.id)).toMatchObject({ version: 1, rows: 2 });
});
