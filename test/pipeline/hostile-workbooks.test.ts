import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTable } from '../../src-main/datasets/readers/open-table.ts';
import type { OpenTable, TableRecord } from '../../src-main/datasets/readers/table.ts';
import { tableFile } from '../fixtures/table-file.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';

// Workbooks as other programs write them, and as nobody should: what ECMA-376 allows, and what occurs nevertheless.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'workbooks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
const row = (...cells: string[]) => `<row>${cells.join('')}</row>`;
const sheet = (...rows: string[]) =>
  `<worksheet><sheetData>${row(text('context'), text('target'))}${rows.join('')}</sheetData></worksheet>`;
const plain = sheet(row(text('a'), text('1')));
const relation = (id: string, kind: string, target: string) =>
  `<Relationship Id="${id}" Type="http://example.org/${kind}" Target="${target}"/>`;
const list = (...sheets: string[]) => `<workbook><sheets>${sheets.join('')}</sheets></workbook>`;

/** A workbook with one sheet, with given parts replaced; a part given as `''` is left out. */
function workbook(parts: Record<string, string | Buffer> = {}, { isStored = false } = {}): Buffer {
  const all = {
    '_rels/.rels': `<Relationships>${relation('r1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': list('<sheet name="Sheet" r:id="r1"/>'),
    'xl/_rels/workbook.xml.rels': `<Relationships>${relation('r1', 'worksheet', 'worksheets/sheet1.xml')}</Relationships>`,
    'xl/worksheets/sheet1.xml': plain,
    ...parts,
  };
  return zipArchive(
    Object.entries(all)
      .filter(([, part]) => part !== '')
      .map(([name, part]) => ({ name, text: part, isStored })),
  );
}

const relationTo = (target: string) => ({
  'xl/_rels/workbook.xml.rels': `<Relationships>${relation('r1', 'worksheet', target)}</Relationships>`,
});

test.each<[string, Record<string, string | Buffer>]>([
  ['a part with an absolute name', relationTo('/xl/worksheets/sheet1.xml')],
  ['a part named by a detour', relationTo('../xl/./worksheets/sheet1.xml')],
  ['a part name in a different case', relationTo('Worksheets/Sheet1.XML')],
  ['parts with backslashes', { 'xl/worksheets/sheet1.xml': '', 'xl\\worksheets\\sheet1.xml': plain }],
  [
    'a workbook part with another name',
    {
      '_rels/.rels': `<Relationships>${relation('r1', 'officeDocument', 'xl/book7.xml')}</Relationships>`,
      ...{ 'xl/workbook.xml': '', 'xl/_rels/workbook.xml.rels': '' },
      'xl/book7.xml': list('<sheet name="Sheet" r:id="r1"/>'),
      'xl/_rels/book7.xml.rels': `<Relationships>${relation('r1', 'worksheet', 'worksheets/sheet1.xml')}</Relationships>`,
    },
  ],
  ['a sheet name that contains the end of a tag', { 'xl/workbook.xml': list('<sheet name="a>b" r:id="r1"/>') }],
  ['a sheet in UTF-16', { 'xl/worksheets/sheet1.xml': Buffer.from(`\ufeff${plain}`, 'utf16le') }],
  ['namespace prefixes on all names', { 'xl/worksheets/sheet1.xml': plain.replace(/(<\/?)(?=\w)/g, '$1x:') }],
  [
    'an invalid dimension',
    { 'xl/worksheets/sheet1.xml': plain.replace('<sheetData', '<dimension ref="A1"/><sheetData') },
  ],
  [
    'a hidden sheet and a chart first',
    {
      'xl/workbook.xml': list(
        '<sheet name="Old" state="hidden" r:id="r2"/>',
        '<sheet name="Chart" r:id="r3"/>',
        '<sheet name="Sheet" r:id="r1"/>',
      ),
      'xl/_rels/workbook.xml.rels': `<Relationships>${[
        relation('r1', 'worksheet', 'worksheets/sheet1.xml'),
        relation('r2', 'worksheet', 'worksheets/sheet2.xml'),
        relation('r3', 'chartsheet', 'chartsheets/sheet1.xml'),
      ].join('')}</Relationships>`,
      'xl/worksheets/sheet2.xml': sheet(row(text('hidden'), text('x'))),
      'xl/chartsheets/sheet1.xml': '<chartsheet/>',
    },
  ],
  [
    'styled cells at the far end',
    { 'xl/worksheets/sheet1.xml': plain.replace('</row></', '<c r="XFD2" s="0"/></row></') },
  ],
])('%s', async (_, parts) => {
  expect(await cellsOf(workbook(parts))).toEqual([['a', '1']]);
});

test('reads an archive whose comment looks like its end record', async () => {
  const bytes = zipArchive([{ name: 'table.csv', text: 'context,target\na,1\n' }], {
    comment: `PK\x05\x06${'x'.repeat(60)}`,
  });
  expect(await cellsOf(bytes)).toEqual([['a', '1']]);
});

const styles = `<styleSheet><numFmts>
  <numFmt numFmtId="164" formatCode="[h]:mm:ss"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/>
  <numFmt numFmtId="166" formatCode="_-* #,##0.00\\ [$kr-41D]_-;_s0"/><numFmt numFmtId="167" formatCode="0.0&quot;days&quot;"/>
  <numFmt numFmtId="168" formatCode="000"/><numFmt numFmtId="169" formatCode="[$-412]000\\-0000"/>
  <numFmt numFmtId="170" formatCode="&quot;ID-&quot;00000"/></numFmts>
  <cellXfs>${[0, 14, 164, 165, 166, 167, 22, 168, 169, 170].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs></styleSheet>`;

test.each([
  ['a day', 45_292, 1, '2024-01-01'],
  ['a day in a custom format', 45_292, 3, '2024-01-01'],
  ['a day and a time', 45_292.75, 6, '2024-01-01T18:00:00'],
  ['a moment that is rounded to midnight', 45_292.999_999_999, 6, '2024-01-02'],
  ['a time of day', 0.25, 6, '06:00:00'],
  ['the day that never existed', 60, 1, '1900-02-29'],
  ['the day after it', 61, 1, '1900-03-01'],
  ['before the first day', -3, 1, '-3'],
  ['a duration', 1.5, 2, '36:00:00'],
  ['money, whose format pads with letters', 12.5, 4, '12.5'],
  ['a number followed by a word', 3, 5, '3'],
  ['an integer with sixteen digits', '1234567890123456', 0, '1234567890123456'],
  ['a sum that floats cannot represent', '0.30000000000000004', 0, '0.3'],
  // Regression: the zeros were lost, and with them what tells 007 from 7.
  ['a code with leading zeros', 7, 7, '007'],
  ['a code that is longer than its format', 12_345, 7, '12345'],
  ['a code in two groups', 312_345, 8, '031-2345'],
  ['a code behind letters', 42, 9, 'ID-00042'],
  ['a fraction displayed as a whole number', 7.5, 7, '7.5'],
])('a number cell: %s', async (_, value, style, shown) => {
  const cells = sheet(row(`<c s="${style}"><v>${value}</v></c>`, text('1')));
  expect(await cellsOf(workbook({ 'xl/worksheets/sheet1.xml': cells, 'xl/styles.xml': styles }))).toEqual([
    [shown, '1'],
  ]);
});

test('counts days from 1904 if the workbook says so', async () => {
  const cells = sheet(row('<c s="1"><v>0</v></c>', '<c s="1"><v>43830</v></c>'));
  const book = list('<sheet name="Sheet" r:id="r1"/>').replace(
    '<sheets>',
    '<workbookPr date1904="1"></workbookPr><sheets>',
  );
  expect(
    await cellsOf(workbook({ 'xl/workbook.xml': book, 'xl/worksheets/sheet1.xml': cells, 'xl/styles.xml': styles })),
  ).toEqual([['1904-01-01', '2024-01-01']]);
});

test('reads rich text without phonetic runs, escaped control characters and XML entities', async () => {
  const shared = `<sst><si><r><t xml:space="preserve">bold </t></r><r><t>plain</t></r></si><si><t>東京</t><rPh><t>トウキョウ</t></rPh></si></sst>`;
  const cells = sheet(
    row('<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>'),
    row(text('a_x000D_b_x0009_c'), text('x_x005F_x0041_')),
    row(text('a_xD83D_'), text('&#xD83D; &#xD83D;&#xDE00;')),
    row(text('<![CDATA[a<b & c]]>'), text('1&#10;&lt;b&gt;')),
    row(text('東</t><rPh><t>トウ</t></rPh><t>京'), text('y')),
  );
  expect(await cellsOf(workbook({ 'xl/worksheets/sheet1.xml': cells, 'xl/sharedStrings.xml': shared }))).toEqual([
    ['bold plain', '東京'],
    ['a\rb\tc', 'x_x0041_'],
    ['a_xD83D_', '&#xD83D; &#xD83D;&#xDE00;'],
    ['a<b & c', '1\n<b>'],
    ['東京', 'y'],
  ]);
});

test('reads booleans, errors, and formulas with and without a stored value', async () => {
  const cells = sheet(
    row('<c t="b"><v>1</v></c>', '<c t="e"><v>#N/A</v></c>'),
    row('<c t="str"><f>A2&amp;"x"</f><v>kept</v></c>', '<c><f>1+1</f></c>'),
  );
  expect(await cellsOf(workbook({ 'xl/worksheets/sheet1.xml': cells }))).toEqual([
    ['TRUE', '#N/A'],
    ['kept', '=1+1'],
  ]);
});

test('marks a second table below a gap', async () => {
  const cells = sheet(row(text('a'), text('1')), '<row/>', row(text('name'), text('age'), text('city')));
  const records = await recordsOf(workbook({ 'xl/worksheets/sheet1.xml': cells }));
  expect(records.map(({ afterBlank = false }) => afterBlank)).toEqual([false, true]);
});

test('reads a table that begins in column B, with a title above and remarks in an unnamed column', async () => {
  const at = (place: string, value: string) => text(value).replace('<c ', `<c r="${place}" `);
  const sheetOf = (...rows: string[]) => `<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`;
  const part = sheetOf(
    row(at('B1', 'Export of May')),
    '<row/>',
    row(at('B3', 'context'), at('C3', 'target')),
    ...['4', '5', '6'].map((line) => row(at(`B${line}`, 'a'), at(`C${line}`, '1'))),
    row(at('B7', 'b'), at('C7', '2'), at('D7', 'look again')),
  );
  const { records, table } = await opened(workbook({ 'xl/worksheets/sheet1.xml': part }));
  expect(table.columns).toEqual(['column 1', 'context', 'target', 'column 4']);
  expect(records.map(({ cells }) => cells)).toEqual([
    ...Array.from({ length: 3 }, () => ['', 'a', '1', '']),
    ['', 'b', '2', 'look again'],
  ]);
});

test('reads merged cells as stored and reports them', async () => {
  const merged = sheet(row(text('a'), text('1')), row('<c/>', text('2'))).replace(
    '</worksheet>',
    '<mergeCells count="2"><mergeCell ref="A2:A3"/><mergeCell ref="D1:E1"/></mergeCells></worksheet>',
  );
  const { records, table } = await opened(workbook({ 'xl/worksheets/sheet1.xml': merged }));
  expect(records.map(({ cells }) => cells)).toEqual([
    ['a', '1'],
    ['', '2'],
  ]);
  const reason = { about: 'sheet', code: 'SHEET_MERGED', data: { count: 2, first: 'A2:A3' } };
  expect(table.facts.reasons).toContainEqual(reason);
});

test('reads hidden rows and columns and reports them', async () => {
  const hidden = sheet(row(text('b'), text('2')).replace('<row>', '<row r="2" hidden="1" ht="0">')).replace(
    '<sheetData>',
    '<cols><col min="1" max="1" width="9"/><col min="2" max="4" hidden="1"/></cols><sheetData>',
  );
  const { records, table } = await opened(workbook({ 'xl/worksheets/sheet1.xml': hidden }));
  expect(records.map(({ cells }) => cells)).toEqual([['b', '2']]);
  expect(table.facts.reasons).toContainEqual({ about: 'sheet', code: 'SHEET_HIDDEN', data: { rows: 1, columns: 3 } });
});

test('reports a cell that occurs twice', async () => {
  const cells = sheet(
    row('<c r="A2" t="inlineStr"><is><t>a</t></is></c>', '<c r="A2" t="inlineStr"><is><t>b</t></is></c>', text('1')),
  );
  const records = await recordsOf(workbook({ 'xl/worksheets/sheet1.xml': cells }));
  expect(records).toEqual([{ cells: ['b', '1'], line: 2, problem: 'CELL_TWICE' }]);
});

test('does not expand entities defined in the document', async () => {
  const bomb = `<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${sheet(row(text('&b;'), text('1')))}`;
  expect(await cellsOf(workbook({ 'xl/worksheets/sheet1.xml': bomb }))).toEqual([['&b;', '1']]);
});

const openDocument = zipArchive([
  { name: 'mimetype', text: 'application/vnd.oasis.opendocument.spreadsheet' },
  { name: 'content.xml', text: '<x/>' },
]);

test.each([
  ['a binary workbook', zipArchive([{ name: 'xl/workbook.bin', text: 'x' }]), 'FILE_NOT_A_TABLE'],
  ['an OpenDocument spreadsheet', openDocument, 'FILE_NOT_A_TABLE'],
  ['a password-protected workbook', Buffer.from('d0cf11e0a1b11ae1'.padEnd(1024, '0'), 'hex'), 'FILE_NOT_A_TABLE'],
  [
    'a workbook without rows',
    workbook({ 'xl/worksheets/sheet1.xml': '<worksheet><sheetData/></worksheet>' }),
    'FILE_EMPTY',
  ],
  ['a truncated workbook', workbook().subarray(0, 300), 'ARCHIVE_UNSAFE'],
  [
    'a sheet that would unpack to far more than allowed',
    workbook({ 'xl/worksheets/sheet1.xml': sheet(row(text('a'.repeat(40_000_000)), text('1'))) }),
    'ARCHIVE_UNSAFE',
  ],
])('rejects %s', async (_, bytes, code) => {
  await expect(cellsOf(bytes)).rejects.toMatchObject({ code });
});

// Regression: its texts were concatenated whole, however long.
test('a row that holds more than any that is meant is refused by a sentence', async () => {
  const pieces = '<![CDATA[a]]>'.replace('a', 'a'.repeat(1_000_000)).repeat(70);
  const endless = workbook({ 'xl/worksheets/sheet1.xml': sheet(row(text(pieces), text('1'))) }, { isStored: true });
  await expect(cellsOf(endless)).rejects.toMatchObject({
    code: 'ARCHIVE_UNSAFE',
    message: expect.stringContaining('a single cell or row of “xl/worksheets/sheet1.xml” takes up more than 64 MB'),
  });
});

// Regression: a piece of the sheet held more rows than a call takes arguments, “Maximum call stack size exceeded”.
test('reads a table behind hundreds of gaps', async () => {
  const gaps = Array.from({ length: 200 }, (_, n) => `<row r="${(n + 1) * 1000}"/>`).join('');
  const table = `<row r="200001">${text('a')}${text('1')}</row>`;
  const bytes = workbook({ 'xl/worksheets/sheet1.xml': sheet(gaps, table) }, { isStored: true });
  expect(await cellsOf(bytes)).toEqual([['a', '1']]);
});

// Regression: every number of the sheet was written with as many zeros, one by one.
test('a number format longer than any that a program writes says nothing', async () => {
  const format = `<numFmts><numFmt numFmtId="200" formatCode="${'0'.repeat(5000)}"/></numFmts>`;
  const styles = `<styleSheet>${format}<cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>`;
  const numbers = sheet(row(text('a'), '<c s="0"><v>7</v></c>'));
  expect(await cellsOf(workbook({ 'xl/styles.xml': styles, 'xl/worksheets/sheet1.xml': numbers }))).toEqual([
    ['a', '7'],
  ]);
});

// Regression: a tag that does not end was gone through from its start again with every piece of the sheet.
test('a tag of any length is looked at once', async () => {
  const endless = `</sheetData><x mergeCell ref="A1:B1" y="${'y'.repeat(500_000)}"/></worksheet>`;
  const bytes = workbook({ 'xl/worksheets/sheet1.xml': plain + endless }, { isStored: true });
  const { reasons } = (await opened(bytes)).table.facts;
  expect(reasons.filter(({ code }) => code === 'SHEET_MERGED')).toEqual([
    { about: 'sheet', code: 'SHEET_MERGED', data: { count: 1, first: 'A1:B1' } },
  ]);
});

async function cellsOf(bytes: Buffer): Promise<(readonly string[])[]> {
  return (await recordsOf(bytes)).map(({ cells }) => cells);
}

async function recordsOf(bytes: Buffer): Promise<TableRecord[]> {
  return (await opened(bytes)).records;
}

async function opened(bytes: Buffer): Promise<{ records: TableRecord[]; table: OpenTable }> {
  const path = join(folder, 'table');
  writeFileSync(path, bytes);
  const table = await openTable(tableFile(path));
  const found: TableRecord[] = [];
  for await (const { records } of table.rows()) found.push(...records);
  await table.close();
  return { records: found, table };
}
