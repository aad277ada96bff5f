import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { odsFile, odsTable, odsText } from '../../../test/fixtures/opendocument.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { zipArchive } from '../../../test/fixtures/zip-archive.ts';
import { openTable } from './open-table.ts';
import type { TableRecord } from './table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ods-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a workbook that LibreOffice has converted is read as the original is', async () => {
  const [ods, xlsx] = [await readPath(fixture('book.ods')), await readPath(fixture('book.xlsx'))];
  expect(ods.table.facts).toMatchObject({ format: 'ods', sheet: 'Data', sheets: ['Notes', 'Data'], headerRows: 1 });
  expect(ods.table.columns).toEqual(xlsx.table.columns);
  // LibreOffice has computed the formula that openpyxl left without a value.
  const known = xlsx.rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell) => (cell === '=A4' ? 'Who & where?' : cell)),
  }));
  expect(ods.rows).toEqual(known);
});

test('a cell has its paragraphs, blanks and line breaks, but no remark or reading', async () => {
  const remark = '<office:annotation><text:p>a remark</text:p></office:annotation>';
  const ruby =
    '<text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby>';
  const cell = `<table:table-cell>${remark}<text:p>one  <text:span>t<text:s text:c="2"/>wo</text:span></text:p><text:p/><text:p>a<text:tab/>b<text:line-break/>${ruby}</text:p></table:table-cell>`;
  const { rows } = await read(
    odsTable('T', [['a', 'b']]).replace(
      '</table:table>',
      `<table:table-row>${cell}${odsText('&lt;x&gt;')}</table:table-row></table:table>`,
    ),
  );
  expect(rows.map(({ cells }) => cells)).toEqual([['one  t  wo\n\na\tb\n東京', '<x>']]);
});

test('numbers are as stored, and dates, times, truth and codes as in an Excel workbook', async () => {
  const cell = (type: string, value: string, shown: string) =>
    `<table:table-cell office:value-type="${type}" office:${value}><text:p>${shown}</text:p></table:table-cell>`;
  const cells = [
    cell('float', 'value="0.30000000000000004"', '0,3'),
    cell('percentage', 'value="0.25"', '25%'),
    cell('currency', 'value="1234.5"', '1.234,50 €'),
    cell('float', 'value="7000"', '07000'),
    cell('float', 'value="1234567"', '123-4567'),
    cell('date', 'date-value="2024-05-01"', '01.05.24'),
    cell('date', 'date-value="2024-05-01T23:30:00.000000000"', '01.05.24 23:30'),
    cell('time', 'time-value="PT12H30M05S"', '12:30'),
    cell('boolean', 'boolean-value="true"', 'WAHR'),
    '<table:table-cell table:formula="of:=[.A1]+1"/>',
  ];
  const names = cells.map((_, at) => `name ${at}`);
  const { rows } = await read(
    odsTable('T', [names]).replace(
      '</table:table>',
      `<table:table-row>${cells.join('')}</table:table-row></table:table>`,
    ),
  );
  expect(rows[0]?.cells).toEqual([
    '0.3',
    '0.25',
    '1234.5',
    '07000',
    '123-4567',
    '2024-05-01',
    '2024-05-01T23:30:00',
    '12:30:05',
    'TRUE',
    '=[.A1]+1',
  ]);
});

test('rows and cells that are there several times are given as often, with their lines', async () => {
  const same = `<table:table-row table:number-rows-repeated="3">${odsText('x').replace('<table:table-cell', '<table:table-cell table:number-columns-repeated="2"')}${odsText('y')}</table:table-row>`;
  const blank =
    '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>';
  const end =
    '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>';
  const { rows } = await read(
    odsTable('T', [['a', 'b', 'c']]).replace('</table:table>', `${same}${blank}${same}${end}</table:table>`),
  );
  expect(rows.map(({ line, cells }) => `${line} ${cells.join('')}`)).toEqual([
    '2 xxy',
    '3 xxy',
    '4 xxy',
    '7 xxy',
    '8 xxy',
    '9 xxy',
  ]);
});

// Regression: a file of sixty sheets was read sixty times to choose one of them.
test('a long sheet behind many is read once more, and all of its rows are given once', async () => {
  const rows = (count: number) => Array.from({ length: count }, (_, row) => [`context ${row}`, `target ${row}`]);
  const gap = '<table:table-row table:number-rows-repeated="300"><table:table-cell/></table:table-row>';
  const same = `<table:table-row table:number-rows-repeated="2500">${odsText('x')}${odsText('y')}</table:table-row>`;
  const short = Array.from({ length: 60 }, (_, at) =>
    odsTable(`S${at}`, [
      ['a', 'b'],
      ['1', '2'],
    ]),
  );
  const long = odsTable('Long', [['context', 'target'], ...rows(450)]).replace(
    '</table:table>',
    `${gap}${same}</table:table>`,
  );
  const { table, rows: found } = await read(`${short.join('')}${long}${odsTable('End', [['z']])}`);
  expect(table.facts).toMatchObject({ sheet: 'Long' });
  expect(found.map(({ line }) => line)).toEqual([
    ...Array.from({ length: 450 }, (_, row) => row + 2),
    ...Array.from({ length: 2500 }, (_, row) => row + 752),
  ]);
  expect([found[449]?.cells, found.at(-1)?.cells]).toEqual([
    ['context 449', 'target 449'],
    ['x', 'y'],
  ]);
});

test('merged cells and hidden rows, columns and sheets are told; copies of other files are no sheets', async () => {
  const styles = '<style:style style:name="ta9"><style:table-properties table:display="false"/></style:style>';
  const title =
    '<table:table-cell office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="1"><text:p>Letters of May</text:p></table:table-cell><table:covered-table-cell/>';
  const hiddenRow = `<table:table-row table:visibility="filter">${odsText('q')}${odsText('r')}</table:table-row>`;
  const columns =
    '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="16383"/>';
  const shown = odsTable('Shown', [
    ['context', 'target'],
    ['a', 'b'],
  ])
    .replace('<table:table-row>', `${columns}<table:table-row>${title}</table:table-row><table:table-row>`)
    .replace('</table:table>', `${hiddenRow}</table:table>`);
  const external = odsTable('file:///a.ods', [['no', 'no']]).replace(
    '<table:table-row>',
    '<table:table-source/><table:table-row>',
  );
  const secret = odsTable(
    'Secret',
    [
      ['x', 'y'],
      ['1', '2'],
    ],
    'table:style-name="ta9"',
  );
  const link = `<table:dde-links><table:dde-link>${odsTable('Link', [['z']])}</table:dde-link></table:dde-links>`;
  const { table, rows } = await read(secret + external + shown + link, { styles });
  expect(table.facts).toMatchObject({ sheet: 'Shown', sheets: ['Secret', 'Shown'], skippedLines: 1 });
  expect(table.facts.reasons).toContainEqual({
    about: 'sheet',
    code: 'SHEET_MERGED',
    data: { count: 1, first: 'A1:B1' },
  });
  expect(table.facts.reasons).toContainEqual({ about: 'sheet', code: 'SHEET_HIDDEN', data: { rows: 1, columns: 1 } });
  expect([table.columns, rows.map(({ cells }) => cells)]).toEqual([
    ['context', 'target'],
    [
      ['a', 'b'],
      ['q', 'r'],
    ],
  ]);
  const chosen = await read(secret + external + shown, { styles }, { sheet: 'Secret' });
  expect(chosen.rows.map(({ cells }) => cells)).toEqual([['1', '2']]);
});

test('a small file cannot say of a huge table, nor expand entities', async () => {
  const huge = (row: string, cell: string) =>
    `<table:table table:name="T"><table:table-row ${row}>${odsText('some text').replace('<table:table-cell', `<table:table-cell ${cell}`)}</table:table-row></table:table>`;
  const rows = 'table:number-rows-repeated="999999999999"';
  await expect(read(huge(rows, ''))).rejects.toMatchObject({
    code: 'ARCHIVE_UNSAFE',
    data: { because: { code: 'ARCHIVE_UNPACKS_BEYOND' } },
  });
  const row = huge('', 'table:number-columns-repeated="16384"').replace(/<\/?table:table[ >][^>]*>?/g, '');
  await expect(read(`<table:table table:name="T">${row.repeat(500)}</table:table>`)).rejects.toMatchObject({
    code: 'ARCHIVE_UNSAFE',
  });
  const blanks = odsTable('T', [['<text:s text:c="99999999999"/>']]);
  await expect(read(blanks)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  // Columns beyond any sheet have no cells.
  const wide = await read(huge('', 'table:number-columns-repeated="9999999999"'), {}, { header: false });
  expect(wide.rows[0]?.cells.length).toBe(16_384);
  const doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
  const bomb = await read(
    odsTable('T', [
      ['a', 'b'],
      ['&b;', 'c'],
    ]),
    { doctype },
  );
  expect(bomb.rows[0]?.cells).toEqual(['&b;', 'c']);
});

test('an encrypted, cut or empty spreadsheet is refused with a sentence', async () => {
  const manifest = '<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>';
  await expect(read('', { manifest })).rejects.toMatchObject({
    code: 'ARCHIVE_UNSAFE',
    data: { because: { code: 'ARCHIVE_ENCRYPTED' } },
  });
  await expect(read('')).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE', data: { found: fileKinds.ODS_EMPTY } });
  await expect(read(odsTable('T', []))).rejects.toMatchObject({ code: 'FILE_EMPTY' });
  const path = join(folder, 'cut.ods');
  const whole = odsFile(
    odsTable('T', [
      ['a', 'b'],
      ['1', '2'],
    ]),
  );
  writeFileSync(path, whole.subarray(0, whole.length - 40));
  await expect(readPath(path)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  writeFileSync(path, zipArchive([{ name: 'mimetype', text: 'application/vnd.oasis.opendocument.spreadsheet' }]));
  await expect(readPath(path)).rejects.toMatchObject({
    code: 'FILE_NOT_A_TABLE',
    data: { found: fileKinds.ODS_EMPTY },
  });
});

test('spreadsheets in an archive are one table, with rows as numbers', async () => {
  const path = join(folder, 'all.zip');
  const part = (text: string) =>
    odsFile(
      odsTable('T', [
        ['context', 'target'],
        [text, 'b'],
      ]),
    );
  writeFileSync(
    path,
    zipArchive([
      { name: 'one.ods', text: part('1') },
      { name: 'two.ods', text: part('2') },
    ]),
  );
  const { table, rows } = await readPath(path);
  expect(table.facts.files).toEqual(['one.ods', 'two.ods']);
  expect(rows.map(({ cells, part, line }) => [part, line, cells[0]])).toEqual([
    ['one.ods', 2, '1'],
    ['two.ods', 2, '2'],
  ]);
});

function fixture(name: string): string {
  return new URL(`../../../test/fixtures/tables/${name}`, import.meta.url).pathname;
}

function read(tables: string, parts: Parameters<typeof odsFile>[1] = {}, options: CsvOptions = {}) {
  const path = join(folder, 'a.ods');
  writeFileSync(path, odsFile(tables, parts));
  return readPath(path, options);
}

async function readPath(path: string, options: CsvOptions = {}) {
  const table = await openTable(tableFile(path), options);
  const rows: TableRecord[] = [];
  for await (const { records } of table.rows()) rows.push(...records);
  await table.close();
  return { table, rows };
}
