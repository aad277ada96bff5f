import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CellsJob, contextOfCells, tableCells } from './table-cells.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'table-cells-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const forever = new AbortController().signal;

/** The columns, the mapping and the rows of a table. */
async function read(text: string, job: Partial<CellsJob> = {}) {
  const path = join(folder, 'new.csv');
  writeFileSync(path, text);
  const file = { path, name: 'new.csv', unpackFolder: join(folder, 'unpacked') };
  const usual = {
    csv: undefined,
    task: 'custom',
    chosen: {},
    known: {},
    schemas: 0,
    limit: undefined,
    mostRows: 100,
  } as const;
  const events = await Array.fromAsync(tableCells({ file, ...usual, ...job }, forever));
  const [opened] = events;
  if (opened?.kind !== 'opened') throw new Error('a table is opened first');
  return { ...opened, rows: events.flatMap((event) => (event.kind === 'rows' ? event.rows : [])) };
}

const mails = 'nr,from,mail\n1,Ann,Where is my parcel?\n2,Ben,\n\n3,Cy\n';

test('a table needs no targets; every row has a cell for each column', async () => {
  const { columns, rows } = await read(mails);
  expect(columns).toEqual(['nr', 'from', 'mail']);
  expect(rows).toEqual([
    ['1', 'Ann', 'Where is my parcel?'],
    ['2', 'Ben', ''],
    ['3', 'Cy', ''],
  ]);
});

test('the columns are those chosen, else those of the table known, else what names and texts say', async () => {
  expect((await read(mails)).mapping).toEqual({ context: 'mail' });
  expect((await read(mails, { known: { context: 'from', target: 'label' } })).mapping).toEqual({ context: 'from' });
  expect((await read(mails, { known: { context: 'letter' } })).mapping).toEqual({ context: 'mail' });
  expect((await read(mails, { known: { context: 'from' }, chosen: { context: 'nr' } })).mapping).toEqual({
    context: 'nr',
  });
});

test('a task of several fields takes each from its column, or a ready-made context', async () => {
  const asked = await read('article,question\nRome is old.,How old is Rome?\n', { task: 'mrc' });
  expect(asked.mapping).toEqual({ passage: 'article', question: 'question' });
  const about = { task: 'mrc', schemas: null, names: {}, ...asked } as const;
  expect(contextOfCells(asked.rows[0] ?? [], about)).toEqual({
    context: 'Passage: Rome is old.\n\nQuestion: How old is Rome?',
  });
  expect(contextOfCells(['Rome is old.', ' '], about)).toEqual({ lacks: 'text' });
  const ready = await read('context\nAll of it\n', { task: 'mrc', known: { context: 'context', target: 'answer' } });
  expect(ready.mapping).toEqual({ context: 'context' });
});

test('a context of several columns is read from those of the table known, under the names that it had there', async () => {
  const known = { context: 'Subject', context2: 'Body', context3: 'Brand', target: 'label' };
  const asked = await read('body,subject,other\nIt is late,Parcel,x\n,Lamp,\n , ,y\n', { known });
  expect(asked.mapping).toEqual({ context: 'subject', context2: 'body' });
  const about = { task: 'custom', schemas: null, names: known, ...asked } as const;
  expect(asked.rows.map((cells) => contextOfCells(cells, about))).toEqual([
    { context: 'Subject: Parcel\nBody: It is late' },
    { context: 'Subject: Lamp' },
    { lacks: 'text' },
  ]);
  const { mapping } = await read('body,other\nLate,x\n', { known, chosen: { context: 'other', context2: 'body' } });
  expect(mapping).toEqual({ context: 'other', context2: 'body' });
  expect((await read('subject,body\nLate,x\n', { known, chosen: { context: 'body' } })).mapping).toEqual({
    context: 'body',
  });
});

test('questions need no schema where one is known, or where the table names the databases of several', async () => {
  const ask = (text: string, schemas: number) =>
    read(text, { task: 'nl2sql', schemas }).then(
      ({ mapping }) => mapping,
      ({ code, data }) => ({ code, data }),
    );
  expect(await ask('question\nHow many?\n', 1)).toEqual({ question: 'question' });
  expect(await ask('question,db_id\nHow many?,sea\n', 1)).toEqual({ question: 'question' });
  expect(await ask('question,db_id\nHow many?,sea\n', 3)).toEqual({ question: 'question', database: 'db_id' });
  expect(await ask('question,schema,db_id\nHow many?,boat(id),sea\n', 3)).toEqual({
    ...{ question: 'question', schema: 'schema' },
  });
  for (const schemas of [0, 3])
    expect(await ask('question\nHow many?\n', schemas)).toMatchObject({
      code: 'CSV_COLUMN_MISSING',
      data: { field: 'schema' },
    });
});

test('a column that is not there is named, and so is one that is needed', async () => {
  const missing = (job: Partial<CellsJob>) => read(mails, job).catch((error: unknown) => error);
  expect(await missing({ chosen: { context: 'letter' } })).toMatchObject({
    code: 'CSV_COLUMN_MISSING',
    data: { field: 'context', column: 'letter' },
  });
  expect(await missing({ task: 'mrc', chosen: { question: 'mail' } })).toMatchObject({
    code: 'CSV_COLUMN_MISSING',
    data: { field: 'passage' },
  });
});

test('a limit takes the first rows; a table that is too long is refused, as is one without rows', async () => {
  expect((await read(mails, { limit: 2 })).rows.length).toBe(2);
  await expect(read(mails, { mostRows: 2 })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    data: { option: 'limit' },
  });
  expect((await read(mails, { mostRows: 2, limit: 2 })).rows.length).toBe(2);
  await expect(read('mail,from\n , \n')).rejects.toMatchObject({ code: 'CSV_NO_ROWS' });
});
