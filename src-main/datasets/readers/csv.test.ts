import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { readCsv } from './csv.ts';
import { detectCsvFormat } from './csv-format.ts';
import { surveyFile } from './file-survey.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const korean = '문서,요약\n오늘 서울의 날씨는 맑고 따뜻합니다,서울 날씨\n내일은 비가 내릴 예정입니다,내일 비\n';

test.each(['cp949', 'utf-16le', 'utf-16be', 'utf-8'])('Korean text in %s is recognised and read', async (encoding) => {
  const { format, cells } = await read(iconv.encode(korean, encoding));
  expect(format.encoding).toBe(encoding);
  expect(cells[1]).toEqual(['오늘 서울의 날씨는 맑고 따뜻합니다', '서울 날씨']);
});

test('a byte order mark is no part of the first name', async () => {
  const { format, cells } = await read(Buffer.from('\ufeffa,b\n1,2\n'));
  expect(format.columns).toEqual(['a', 'b']);
  expect(cells[0]).toEqual(['a', 'b']);
});

test('a legacy letter beyond the first piece of a file is seen', async () => {
  const start = 'name,city\n'.repeat(20_000);
  const { format, cells } = await read(iconv.encode(`${start}Jürgen,Köln\nBärbel,Zürich\n`, 'windows-1252'));
  expect(format.encoding).toBe('windows-1252');
  expect(cells.at(-1)).toEqual(['Bärbel', 'Zürich']);
});

test.each([
  [',', 'comma'],
  [';', 'semicolon'],
  ['\t', 'tab'],
  ['|', 'bar'],
])('%j is found although the cells hold other delimiters', async (delimiter) => {
  const rows = ['name/note', 'Anna/"one, two; three|four"', 'Ben/"a\tb"', 'Cem/plain'];
  const { format, cells } = await read(Buffer.from(rows.join('\n').replaceAll('/', delimiter)));
  expect(format.delimiter).toBe(delimiter);
  expect(cells[1]).toEqual(['Anna', 'one, two; three|four']);
});

test('a first row of numbers is no header', async () => {
  const { format } = await read(Buffer.from('1,2.5\n3,4\n'));
  expect(format).toMatchObject({ header: false, columns: ['column 1', 'column 2'] });
});

test('every decision comes with its reason', async () => {
  const { format } = await read(Buffer.from('context;target\na;b\n'));
  expect(format.reasons).toEqual([
    { about: 'encoding', sentence: 'All letters are plain ASCII, which UTF-8 contains.' },
    { about: 'delimiter', sentence: 'Split at a semicolon, all rows looked at have 2 cells.' },
    { about: 'header', sentence: 'The first row holds a usual column name, “context”.' },
  ]);
});

test('blank and doubled column names can be told apart', async () => {
  const { format } = await read(Buffer.from('name,,name,__proto__\n1,2,3,4\n'));
  expect(format.columns).toEqual(['name', 'column 2', 'name 2', '__proto__']);
});

test("Excel's separator line names the delimiter and is no row", async () => {
  const { format, cells } = await read(Buffer.from('sep=;\na;b\n1,5;2\n'));
  expect(format.delimiter).toBe(';');
  expect(cells).toEqual([
    ['a', 'b'],
    ['1,5', '2'],
  ]);
});

test.each([
  ['%PDF-1.7 ...', 'a PDF document'],
  ['PK\x03\x04 xl/workbook.xml', 'an Excel workbook (XLSX)'],
  ['SQLite format 3\0', 'a SQLite database'],
  ['\x7fELF\x02\x01', 'a program (ELF)'],
  ['<!DOCTYPE html><html>', 'a web page (HTML)'],
])('%j is not taken for a table', async (bytes, found) => {
  await expect(read(Buffer.from(bytes, 'latin1'))).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE', data: { found } });
});

test('bytes without any sense are not taken for a table', async () => {
  const noise = Buffer.from(Array.from({ length: 5000 }, (_, place) => (place * 7919 + (place >> 3) * 104_729) % 256));
  await expect(read(noise)).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE', data: { found: 'binary data' } });
});

test.each(['', '\ufeff', '\n\n', '   \r\n'])('a file of %j is empty', async (text) => {
  await expect(read(Buffer.from(text))).rejects.toMatchObject({ code: 'FILE_EMPTY' });
});

test('a broken letter in UTF-8 is told with its line', async () => {
  const text = Buffer.concat([Buffer.from(korean.repeat(20)), Buffer.from([0xec, 0x2c, 0x0a])]);
  await expect(read(text)).rejects.toMatchObject({ code: 'FILE_ENCODING', data: { encoding: 'UTF-8', line: 61 } });
});

test('a wrong encoding that was chosen is told with its line', async () => {
  const bytes = iconv.encode('a,b\nx,y\nä,ö\n', 'windows-1252');
  await expect(read(bytes, { encoding: 'utf-8' })).rejects.toMatchObject({ code: 'FILE_ENCODING', data: { line: 3 } });
  await expect(read(bytes, { encoding: 'nonsense' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

test('a quote that never closes is told with its line', async () => {
  await expect(read(Buffer.from('a,b\n1,2\n"3,4\n5,6\n'))).rejects.toMatchObject({
    code: 'CSV_QUOTE_OPEN',
    data: { line: 3 },
  });
});

test('a file that is not there is told', async () => {
  await expect(surveyFile(join(folder, 'missing.csv'), 'missing.csv')).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  await expect(surveyFile(folder, 'folder')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

async function read(bytes: Buffer, options?: CsvOptions) {
  const path = join(folder, 'table.csv');
  writeFileSync(path, bytes);
  const format = detectCsvFormat(await surveyFile(path, 'table.csv'), options);
  const cells = [];
  for await (const { records } of readCsv({ path, name: 'table.csv' }, format)) {
    for (const record of records) cells.push(record.cells);
  }
  return { format, cells };
}
