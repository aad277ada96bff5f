import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { openTable } from './open-table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'html-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Regression: it was refused as a web page, though many shop and office programs save nothing else as “Excel”.
test('a web page in CP949 under the name of a workbook is read as the table that it has', async () => {
  const page = `<html><head><meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><style>td { mso-number-format: "<tr>" }</style></head>
    <body><table border=1><tr><td colspan=3>고객문의 내역</td></tr><tr><th>번호</th><th>문의내용</th><th>분류</th></tr>
    <tr><td>1</td><td>배송이 언제<br>되나요 &amp; 어디서요?</td><td>배송</td></tr>
    <tr><td>2</td><td>환불해  주세요</td><td></td></tr></table></body></html>`;
  const { table, rows } = await read('문의내역.xls', iconv.encode(page, 'cp949'));
  expect(table.facts).toMatchObject({ format: 'html', headerRows: 1, skippedLines: 1 });
  expect(table.columns).toEqual(['번호', '문의내용', '분류']);
  expect(rows).toEqual([
    { cells: ['1', '배송이 언제\n되나요 & 어디서요?', '배송'], line: 3 },
    { cells: ['2', '환불해 주세요', ''], line: 4 },
  ]);
});

test('a cell across rows or columns has its text once, and a table within a cell is part of its text', async () => {
  const inner = '<table><tr><td>one</td></tr><tr><td>two</td></tr></table>';
  const { table, rows } = await read(
    'a.xls',
    `<table><caption>Orders</caption><tr><th>shop<th>text<th>label</tr><tr><td rowspan="2">Bonn</td><td>first</td><td>x</td></tr>
    <tr><td>${inner}</td><td>y</td></tr><tr><td>Ulm</td><td colspan='2'>both</td></tr></table>`,
  );
  expect(table.facts).toMatchObject({ sheet: 'Orders' });
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['Bonn', 'first', 'x'],
    ['', 'one\n\ntwo', 'y'],
    ['Ulm', 'both', ''],
  ]);
});

test('of several tables the one with the rows is read, and a page without any is refused', async () => {
  const rows = Array.from({ length: 9 }, (_, n) => `<tr><td>text ${n}</td><td>label</td></tr>`).join('');
  const found = await read(
    'b.xls',
    `<html><table><tr><td>Shop</td><td>A</td></tr></table><table>${rows}</table></html>`,
  );
  expect(found.table.facts).toMatchObject({ sheet: '2', sheets: ['1', '2'] });
  await expect(read('c.xls', '<html><body><p>Please sign in.</p></body></html>')).rejects.toMatchObject({
    code: 'FILE_NOT_A_TABLE',
  });
});

// Regression: rows below a cell across more than a thousand, or below an empty row, stood in the wrong columns.
test('a cell may go across very many rows, over empty and short ones', async () => {
  const rows = Array.from(
    { length: 1500 },
    (_, n) => `${n === 700 ? '<tr></tr>' : ''}<tr><td>text ${n}</td><td>label</td></tr>`,
  );
  const page = `<table><tr><th>shop<th>text<th>label</tr><tr><td rowspan=1502>Bonn</td><td>first</td><td rowspan=2>x</td></tr>
    <tr><td>short</td></tr>${rows.join('')}<tr><td>Ulm</td><td>last</td><td>y</td></tr></table>`;
  const found = await read('e.xls', page);
  expect(found.rows.slice(0, 3).map(({ cells }) => cells)).toEqual([
    ['Bonn', 'first', 'x'],
    ['', 'short', ''],
    ['', 'text 0', 'label'],
  ]);
  expect(found.rows.slice(-3).map(({ cells }) => cells)).toEqual([
    ['', 'text 1498', 'label'],
    ['text 1499', 'label', ''],
    ['Ulm', 'last', 'y'],
  ]);
});

// Regression: rows behind it were lost without a word.
test.each([
  '<STYLE>td { color: red }</style>',
  '<title/>',
  '<style>',
  '<td title="a>b" hidden>one</td><td>two</td></tr><tr>',
])('the rows behind %s are read', async (before) => {
  const found = await read(
    'f.xls',
    `<?xml version="1.0"?><html><table><tr><td>text</td><td>label</td></tr><tr>${before}<td>three</td><td>four</td></tr></table></html>`,
  );
  expect(found.rows.at(-1)?.cells).toEqual(['three', 'four']);
  expect(found.rows.flatMap(({ cells }) => cells).join()).not.toContain('b"');
});

// Regression: half a megabyte took a gigabyte, and some seconds in which the page had no answer.
test.each([
  ['cells that are very wide', '<td colspan=1000>x', 30_000],
  ['rows of wide cells', '<tr><td colspan=1000><td>x', 40_000],
  ['rows below wide cells', '<tr><td colspan=1000 rowspan=65534>', 40_000],
  ['tags that are never closed', '<tr><td colspan=1000><div', 50_000],
])('a page of many %s is refused', async (_, piece, times) => {
  await expect(read('d.xls', `<table><tr><td>a</td><td>b</td></tr>${piece.repeat(times)}`)).rejects.toMatchObject({
    data: { found: fileKinds.COLUMNS_MANY },
  });
});

test('what chooses rows of other tables chooses them here', async () => {
  const messages = JSON.stringify([
    { role: 'user', content: 'How late?' },
    { role: 'assistant', content: 'Five.' },
  ]).replaceAll('"', '&quot;');
  const { table } = await read(
    'g.xls',
    iconv.encode(
      `<table><tr><td>번호</td><td>messages</td></tr><tr><td>1</td><td>${messages}</td></tr></table>`,
      'cp949',
    ),
  );
  expect(table.columns).toEqual(['context', 'target', '번호', 'messages']);
  expect(table.facts.encoding).toBe('cp949');
});

// Regression: it was refused as a web page.
test.each(['utf-16le', 'utf-16be'])('a page in %s is read', async (encoding) => {
  for (const addBOM of [true, false]) {
    const page =
      '<html><table><tr><th>문의</th><th>분류</th></tr><tr><td>언제 와요?</td><td>배송</td></tr></table></html>';
    const { table, rows } = await read('u.xls', iconv.encode(page, encoding, { addBOM }));
    expect(table.columns).toEqual(['문의', '분류']);
    expect(rows.map(({ cells }) => cells)).toEqual([['언제 와요?', '배송']]);
  }
});

// Regression: a folder of nothing else was refused as one without a table.
test('the pages of a folder are read together, and their rows numbered as Excel shows them', async () => {
  const within = join(folder, '주문');
  mkdirSync(within);
  for (const month of [1, 2]) {
    const page = `<table><tr><th>text</th><th>label</th></tr><tr><td>m${month}</td><td>x</td></tr></table>`;
    writeFileSync(join(within, `${month}.xls`), page);
  }
  const { table, rows } = await readPath(within);
  expect(table.columns).toEqual(['text', 'label']);
  expect(rows).toMatchObject([
    { cells: ['m1', 'x'], part: '1.xls', line: 2, by: 'row' },
    { cells: ['m2', 'x'], part: '2.xls', line: 2, by: 'row' },
  ]);
  // Excel's own files from before 2007.
  writeFileSync(join(within, '1.xls'), Buffer.from('d0cf11e0a1b11ae1', 'hex'));
  await expect(readPath(within)).rejects.toMatchObject({ data: { file: '1.xls', found: fileKinds.OLE } });
});

async function read(name: string, content: string | Buffer) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return await readPath(path);
}

async function readPath(path: string) {
  const table = await openTable(tableFile(path));
  const rows = [];
  for await (const { records } of table.rows()) rows.push(...records);
  await table.close();
  return { table, rows };
}
