import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { renderCsv } from './csv.ts';
import { makeMrcRows, makeNl2sqlRows, makeSummarisationRows } from './make-samples.ts';
import { Random } from './random.ts';

const samples = join(import.meta.dirname, '../../resources/samples');

type Row = Readonly<Record<string, string>>;

async function readSample(name: string): Promise<Row[]> {
  return parse(await readFile(join(samples, name)), { columns: true });
}

test.each([
  ['generated-nl2sql.csv', 'databases'],
  ['spider-en.csv', 'databases/spider'],
])('every query of %s runs on its database and finds a row', async (file, folder) => {
  for (const [name, rows] of Map.groupBy(await readSample(file), ({ db }) => db)) {
    const database = new BetterSqlite3(join(samples, folder, `${name}.sqlite`), {
      readonly: true,
      fileMustExist: true,
    });
    for (const { query = '' } of rows) expect(database.prepare(query).all(), query).not.toHaveLength(0);
    database.close();
  }
});

test.each(['generated-mrc.csv', 'xquad-en.csv'])('every answer of %s stands in its passage', async (file) => {
  for (const { passage, answer } of await readSample(file)) expect(passage).toContain(answer);
});

test.each([
  'generated-mrc.csv',
  'generated-nl2sql.csv',
  'generated-summarisation.csv',
  'xquad-en.csv',
  'spider-en.csv',
  'mts-dialog.csv',
])('%s has 300 to 400 rows, each id once and no empty cell', async (file) => {
  const rows = await readSample(file);
  expect(rows.length).toBeGreaterThanOrEqual(300);
  expect(rows.length).toBeLessThanOrEqual(400);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  for (const row of rows) expect(Object.values(row)).not.toContain('');
});

test('the same seed makes the same rows', async () => {
  expect(makeMrcRows(new Random(1), 20)).toEqual(makeMrcRows(new Random(1), 20));
  expect(makeSummarisationRows(new Random(1), 20)).toEqual(makeSummarisationRows(new Random(1), 20));
  expect(await nl2sqlRows(1)).toEqual(await nl2sqlRows(1));
});

test('a cell with a comma, a quote or a line end is quoted', () => {
  expect(renderCsv([{ id: 1, text: 'a, "b"\nc' }])).toBe('id,text\r\n1,"a, ""b""\nc"\r\n');
});

async function nl2sqlRows(seed: number) {
  const folder = await mkdtemp(join(tmpdir(), 'samples-'));
  try {
    return makeNl2sqlRows(new Random(seed), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
