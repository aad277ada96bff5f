import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { readCsv } from './csv.ts';
import { type CsvFormat, detectCsvFormat } from './csv-format.ts';
import { surveyFile } from './file-survey.ts';
import type { TableRecord } from './table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const korean = '문서,요약\n오늘 서울의 날씨는 맑고 따뜻합니다,서울 날씨\n내일은 비가 내릴 예정입니다,내일 비\n';

test.each(['cp949', 'utf-16le', 'utf-16be', 'utf-8'])('Korean text in %s is detected and read', async (encoding) => {
  const { format, cells } = await read(iconv.encode(korean, encoding));
  expect(format.encoding).toBe(encoding);
  expect(cells[1]).toEqual(['오늘 서울의 날씨는 맑고 따뜻합니다', '서울 날씨']);
});

// Regression: it was read as Cyrillic.
test('Thai text in windows-874 is detected and read', async () => {
  const { format, cells } = await read(iconv.encode('คำถาม,คำตอบ\nแม่น้ำไหลไปไหน,ทะเล\nฝนตกไหม,ใช่\n', 'windows-874'));
  expect(format.encoding).toBe('windows-874');
  expect(cells[1]).toEqual(['แม่น้ำไหลไปไหน', 'ทะเล']);
  const polish = 'pytanie,odpowiedź\nDokąd płynie rzeka?,Do morza\nżółć i łąka,żółta\n';
  expect((await read(iconv.encode(polish, 'iso-8859-2'))).cells[2]).toEqual(['żółć i łąka', 'żółta']);
});

test('a byte order mark is not part of the first column name', async () => {
  const { format, cells } = await read(Buffer.from('\ufeffa,b\n1,2\n'));
  expect(format.columns).toEqual(['a', 'b']);
  expect(cells[0]).toEqual(['a', 'b']);
});

test('a letter in a legacy encoding is noticed beyond the first piece of a file', async () => {
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
])('the delimiter %j is detected although cells contain other delimiters', async (delimiter) => {
  const rows = ['name/note', 'Anna/"one, two; three|four"', 'Ben/"a\tb"', 'Cem/plain'];
  const { format, cells } = await read(Buffer.from(rows.join('\n').replaceAll('/', delimiter)));
  expect(format.delimiter).toBe(delimiter);
  expect(cells[1]).toEqual(['Anna', 'one, two; three|four']);
});

test('a first row of numbers is not a header', async () => {
  const { format } = await read(Buffer.from('1,2.5\n3,4\n'));
  expect(format).toMatchObject({ headerRows: 0, columns: ['column 1', 'column 2'] });
});

// Regression: both split each row in two, and the comma was tried first.
test('a comma in prose is not the delimiter if another character splits the rows as well', async () => {
  const rows = ['Washing machine', 'Dryer', 'Stove'].map((name) => `Good day, my ${name} is broken;${name} broken`);
  const { format, cells } = await read(Buffer.from(`${rows.join('\n')}\n`));
  expect(format.delimiter).toBe(';');
  expect(cells[1]).toEqual(['Good day, my Dryer is broken', 'Dryer broken']);
  expect((await read(Buffer.from('name, city\nAnn, Oslo\nBen, Rome\n'))).format.delimiter).toMatch(/^, ?$/);
});

// Regression: the rest of a text was read again from each of its words.
test('long texts below a sentence are looked at quickly', async () => {
  const documents = Array.from({ length: 20 }, (_, n) => `${'word '.repeat(10_000)}${n};kind ${n}`);
  const { format } = await read(Buffer.from(['This is the first of some long texts.;kind', ...documents].join('\n')));
  expect(format.columns).toHaveLength(2);
}, 10_000);

// Regression: the first complaint was lost, used as the names of the columns.
test('a sentence above sentences is a row, but above short answers it is a column name', async () => {
  const rows = ['Guten Tag, meine Waschmaschine läuft nicht mehr.;Waschmaschine defekt'];
  for (let n = 0; n < 60; n++) rows.push(`Mein Gerät Nummer ${n} ist seit gestern laut.;Gerät laut`);
  const { format } = await read(Buffer.from(rows.join('\n')));
  expect(format.headerRows).toBe(0);
  expect(format.reasons).toContainEqual({ about: 'header', code: 'HEADER_SENTENCE', data: { column: 1 } });
  const survey = 'I am content with my work.;Person\nyes;Ann\nno;Ben\nyes;Cem\n';
  expect((await read(Buffer.from(survey))).format.columns).toEqual(['I am content with my work.', 'Person']);
});

// Regression: the first row was lost, used as the names of the columns.
test('a first row with a label of later rows is a row, unless all of it comes again', async () => {
  const rows = [
    '강이 맑고 물이 차갑다,좋음',
    '비가 와서 길이 막힌다,나쁨',
    '꽃이 피어 향기롭다,좋음',
    '새가 운다,좋음',
  ];
  const { format } = await read(Buffer.from(rows.join('\n')));
  expect(format.headerRows).toBe(0);
  expect(format.reasons).toContainEqual({ about: 'header', code: 'HEADER_REPEATED', data: { column: 2 } });
  const joined = ['문장,감정', ...rows, '문장,감정', ...rows, '문장,감정', ...rows];
  expect((await read(Buffer.from(joined.join('\n')))).format.columns).toEqual(['문장', '감정']);
});

// Regression: a doubled quote at the start of a line within a cell was counted as another cell: 6.
test('quoted cells are counted as the parser reads them', async () => {
  const cell = '"x\n""y"" z"';
  const { format } = await read(Buffer.from(`a;b\n1;${cell}\n2;${cell}\n3;${cell}\n`));
  expect(format.reasons).toContainEqual({ about: 'quote', code: 'QUOTE_CELLS', data: { cells: 3 } });
});

test('every decision comes with its reason', async () => {
  const { format } = await read(Buffer.from('context;target\na;b\n'));
  expect(format.reasons.map(({ about, code, data }) => [about, code, data])).toEqual([
    ['encoding', 'ENCODING_ASCII', {}],
    ['delimiter', 'DELIMITER_ALL', { delimiter: ';', cells: 2 }],
    ['quote', 'QUOTE_UNUSED', {}],
    ['header', 'HEADER_KNOWN_NAME', { name: 'context' }],
    ['skipped', 'SKIPPED_NONE', {}],
  ]);
});

test('apostrophes around cells are detected as quotes, and those within words are not', async () => {
  const quoted = await read(Buffer.from("'a','it''s, here'\n'b','c'\n'd','e'\n"));
  expect(quoted.format).toMatchObject({ quote: "'", delimiter: ',' });
  expect(quoted.cells[0]).toEqual(['a', "it's, here"]);
  const words = await read(Buffer.from("name,text\nAnn,'tis late\nBen,don't\nCem,rock 'n' roll\n"));
  expect(words.format.quote).toBe('"');
});

test('a backslash before quotes is detected as the escape', async () => {
  const { format, cells } = await read(Buffer.from('"a","b"\n"she said \\"go\\", twice","x"\n'));
  expect(format.escape).toBe('\\');
  expect(cells[1]).toEqual(['she said "go", twice', 'x']);
});

test('inch signs that wrap nothing are not quotes', async () => {
  const rows = ['size,name', '"5 inch,a', '"7 inch,b', '"9 inch,c', '"11 inch,d'];
  const { format, cells } = await read(Buffer.from(rows.join('\n')));
  expect(format.quote).toBe('');
  expect(cells).toHaveLength(5);
});

test.each<[string, string, Partial<CsvFormat>, string[]]>([
  ['double colons without column names', '1::11::5\n1::61::3\n2::91::3\n', { delimiter: '::' }, ['1', '61', '3']],
  ['control signs', 'a\x01b, c\x01d\nx\x01y\x01z\n', { delimiter: '\x01' }, ['x', 'y', 'z']],
  ['carets, with commas in all rows', 'a,b^1\nc,d^2\ne,f^3\n,g,h^4\n', { delimiter: '^' }, ['c,d', '2']],
  ['carets in rows of different widths', 'a^b^c\n1^2^3\n4^5^6^\n7^8^9\n', { delimiter: '^' }, ['1', '2', '3']],
  [
    'colons below column names',
    'id:text:kind\n1:We went, at last.:x\n2:Is it so?:y\n3:It is!:z\n',
    { delimiter: ':' },
    ['1', 'We went, at last.', 'x'],
  ],
  [
    'blanks between quoted cells',
    '"a" "b"\n"to be, or" "x"\n"not, to be" "y, z"\n"at all" "z"\n',
    { delimiter: ' ' },
    ['to be, or', 'x'],
  ],
  [
    'blanks below column names, with quoted texts in apostrophes',
    "id day text\n1 2024-01-02 'to be'\n2 2024-01-03 'or not'\n3 2024-01-04 'at, all'\n",
    { delimiter: ' ', quote: "'" },
    ['1', '2024-01-02', 'to be'],
  ],
  [
    'apostrophes and backslashes',
    "'a'~'b'\n'it\\'s'~'x~y'\n'so'~'z'\n",
    { delimiter: '~', quote: "'", escape: '\\' },
    ["it's", 'x~y'],
  ],
  [
    'apostrophes around a single cell that contains the delimiter',
    "a;b\nx;y\nx;y\nx;y\n'so; so';y\n",
    { quote: "'" },
    ['x', 'y'],
  ],
  ['doubled apostrophes in one cell', "a|b\n'l''heure'|x\ny|z\n", { quote: "'" }, ["l'heure", 'x']],
  [
    'apostrophes of words within cells quoted with apostrophes',
    "a,b\n'so, don't',x\n'it, isn't',y\n",
    { quote: "'" },
    ["so, don't", 'x'],
  ],
  [
    'numbers with decimal commas in apostrophes in all rows',
    "'1','2,5'\n'2','3,5'\n'3','4,5'\n",
    { quote: "'" },
    ['2', '3,5'],
  ],
  ['decimal commas in all rows', '1,5;a\n2,5;b\n3,5;c\n', { delimiter: ';' }, ['2,5', 'b']],
  ['quoted speech at the start of a cell', 'a,b\n"Yes" he said,x\nc,d\n', { quote: '' }, ['"Yes" he said', 'x']],
  [
    'a backslash in a file with one column',
    'text\n"say \\"hi\\" now"\nplain\nmore\n',
    { escape: '\\' },
    ['say "hi" now'],
  ],
])('the dialect is detected: %s', async (_, text, expected, second) => {
  const { format, cells } = await read(Buffer.from(text));
  expect(format).toMatchObject(expected);
  expect(cells[1]).toEqual(second);
});

test.each([
  ['carets in formulas', ',', ['$x^2 + y^2 = 3^2$', 'circle']],
  ['carets in formulas, with a tab', '\t', ['3^2 + 4^2', '25']],
  ['tildes in time ranges', '\t', ['오전 1시~2시', '서울~부산']],
  ['tildes in chat messages', ',', ['안녕~ 뭐해~', '친구']],
  ['section signs', ';', ['§ 1 und § 2 BGB', 'Kauf']],
  ['tildes in paths', ',', ['~/a', '~/b']],
  ['a caret, and commas between digits', ',', ['2^10', '1024']],
  ['a tilde, and commas between digits', ',', ['9~18', '30000']],
])('a rare delimiter is not used if a usual one splits all rows evenly: %s', async (_, delimiter, cells) => {
  const { format, cells: rows } = await read(Buffer.from(`${cells.join(delimiter)}\n`.repeat(4)));
  expect(format.delimiter).toBe(delimiter);
  expect(rows[1]).toEqual(cells);
});

test('a tilde in all rows but the first is no delimiter, even if some rows have a comma too many', async () => {
  const rows = '안녕~ 뭐해,친구\n응~ 그래,동생\n오늘~ 봐,친구\n내일~ 보자,동생\n그래~, 알았어,친구\n';
  const { format } = await read(Buffer.from(`문장,라벨\n${rows.repeat(5)}`));
  expect(format).toMatchObject({ delimiter: ',', columns: ['문장', '라벨'] });
});

test.each([
  ['above a plain row', 'text\n"Hello," he said.\n"Bye," she said.\nplain\n', 4],
  ['in one row', `text\n"네, 알아요"라고 말했다\n${'나는 집에 갔다\n그는 잤다\n우리는 먹었다\n'.repeat(4)}`, 14],
  ['in rows of three words', `text\n${'"Go on," said Tom.\nHe went home.\n"Come in," said Anna.\n'.repeat(10)}`, 31],
])('quoted speech with commas stays in one column: %s', async (_, text, count) => {
  const { cells } = await read(Buffer.from(text));
  expect(cells.map(({ length }) => length)).toEqual(new Array(count).fill(1));
});

test.each([
  ['commas', "slang,meaning\n{'em,them\nain't,is not\ngoin',going\n'cause,because\nrunnin',running\n}"],
  ['tabs', "slang\tmeaning\n{'em\tthem\nain't\tis not\ngoin'\tgoing\n'cause\tbecause\nrunnin'\trunning\n}"],
  ['one column', "word\n{'em\nain't\ngoin'\n'cause\nrunnin'\n}"],
  ['several apostrophes in a line', "slang,meaning\n{'tis what I don't know,x\ngoin',going\nis,y\n}"],
])('words that begin or end with apostrophes are not quoted cells: %s', async (_, text) => {
  const [start = '', rows = ''] = text.split(/[{}]/);
  const { format, cells } = await read(Buffer.from(start + rows.repeat(20)));
  expect(format.quote).toBe('"');
  expect(cells).toHaveLength((start + rows.repeat(20)).split('\n').length - 1);
});

test.each([
  ['a date above dates', '2024-01-02,a\n2024-01-03,b\n', 0],
  ['a number in the second column of numbers', 'x,3,a\ny,4,b\n', 0],
  ['a number above words says nothing about the next column', '5,3\nx,4\ny,6\n', 0],
  ['numbers above a note', '1;a\n2;b\n3;c\nby Ann\n', 0],
  ['years above numbers', 'place,2019,2020,2021\nBonn,1,2,3\nUlm,4,5,6\n', 1],
  ['years above years', 'Ann,2019,2020,2021\nBen,2018,2019,2020\n', 0],
  [
    'a word above dates, next to a date',
    'task,start,2024-01-01\nx,2024-01-02,2024-01-03\ny,2024-02-02,2024-02-03\n',
    1,
  ],
  ['a date above dates, next to a missing one', '2024-01-01,n/a\n2024-01-02,2024-01-03\n2024-01-04,2024-01-05\n', 0],
  ['column numbers', '0,1,2\nx,y,3\nz,w,5\n', 1],
])('whether the first row names the columns: %s', async (_, text, headerRows) => {
  expect((await read(Buffer.from(text))).format.headerRows).toBe(headerRows);
});

test('a title directly above the column names is skipped, in a table without numbers', async () => {
  const { format } = await read(Buffer.from('All of it here\na,b,c\nx,y,z\nu,v,w\nr,s,t\n'));
  expect(format).toMatchObject({ skippedLines: 1, columns: ['a', 'b', 'c'] });
});

test('a single word above the rows is a truncated row, not a title', async () => {
  const { format } = await read(Buffer.from('Ann\nBen,Bonn,x\nCem,Ulm,y\nDan,Kiel,z\nEva,Trier,u\n'));
  expect(format.skippedLines).toBe(0);
});

test('text that a few lines have beyond the end of all others is not a column', async () => {
  const lines = Array.from({ length: 38 }, (_, row) => 'so it  goes on '.repeat(2 + (row % 4)));
  const long = `${'so it  goes on '.repeat(6)}${'x'.repeat(30)}  ab  cd`;
  const { format } = await read(Buffer.from(['text', ...lines, long, long].join('\n')));
  expect(format.columns).toEqual(['text']);
});

test('lines above a table with a rare delimiter are recognised by that delimiter', async () => {
  const rows = ['一二', 'a\x1fb\x1fc', '我们\x1f1\x1fx', '他们\x1f2\x1fy', '我，们\x1f3\x1fz', '它，们\x1f4\x1fu'];
  const { format } = await read(Buffer.from(rows.join('\n')));
  expect(format).toMatchObject({ delimiter: '\x1f', columns: ['a', 'b', 'c'] });
});

test('a rare delimiter is used if nothing else explains the rows', async () => {
  const { format } = await read(Buffer.from('city:state:count\nBonn:NW:3\nUlm:BW:4\nKiel:SH:5\n'));
  expect(format.delimiter).toBe(':');
  const prose = await read(Buffer.from('note: buy milk\nlater: call Ann again today\nidea: a longer walk\n'));
  expect(prose.format.columns).toHaveLength(1);
});

// Regression: with two columns, the title became the name of the first one.
test.each([
  ['names that are known', '2024년 질문 모음,\r\nquestion,answer\r\n강은?,바다\r\n산은?,하늘\r\n', 1],
  ['a line below it', '표 1,\r\n만든 날: 2024-05-01,\r\nquestion,answer\r\n강은?,바다\r\n산은?,하늘\r\n', 2],
  ['a blank line below it', '2024년 사례 모음,\r\n,\r\n사례,설명\r\n강이 흐름,바다로\r\n산이 높음,하늘로\r\n', 2],
])('a title above two columns, padded as spreadsheets do, is not a row: %s', async (_, text, lines) => {
  const { format } = await read(Buffer.from(text));
  expect(format).toMatchObject({ skippedLines: lines, headerRows: 1 });
  expect(format.columns).not.toContain('column 2');
});

test('rows without a target above the first whole one are not a title', async () => {
  const { format } = await read(Buffer.from('강은 어디로?,\n산은 어디에?,\n비가 오나요?,네\n눈이 오나요?,아니요\n'));
  expect(format.skippedLines).toBe(0);
});

test('a title and a date above the table are not rows', async () => {
  const text = 'Report of May\nby Ann\n\ncontext,target\na,b\nc,d\n';
  const { format } = await read(Buffer.from(text));
  expect(format).toMatchObject({ skippedLines: 3, columns: ['context', 'target'], headerRows: 1 });
  const kept = await read(Buffer.from(text), { skipLines: 0 });
  expect(kept.format.skippedLines).toBe(0);
});

test('options that a person chose override detection', async () => {
  const { format, cells } = await read(Buffer.from("x\n'a;b';c\n"), {
    delimiter: ';',
    quote: "'",
    skipLines: 1,
    header: false,
  });
  expect(format).toMatchObject({ delimiter: ';', quote: "'", headerRows: 0, columns: ['column 1', 'column 2'] });
  expect(cells).toEqual([['a;b', 'c']]);
});

test('blank and duplicate column names are made distinct', async () => {
  const { format } = await read(Buffer.from('name,,name,__proto__\n1,2,3,4\n'));
  expect(format.columns).toEqual(['name', 'column 2', 'name 2', '__proto__']);
});

test("Excel's separator line names the delimiter and is not a row", async () => {
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
  [
    '<!DOCTYPE html>\n<html>\n\n <head>\n\n  <meta charset="utf-8"/>\n<title>Exported Data</title>',
    'a web page (HTML), as Telegram exports a chat; choose “machine-readable JSON” when you export it',
  ],
  [
    '<html>\n<head>\n    <title>ChatGPT Data Export</title>',
    'the web page of a ChatGPT export; its conversations.json has the chats, as has the whole ZIP',
  ],
])('%j is not taken for a table', async (bytes, found) => {
  await expect(read(Buffer.from(bytes, 'latin1'))).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE', data: { found } });
});

test('random bytes are not taken for a table', async () => {
  const noise = Buffer.from(Array.from({ length: 5000 }, (_, place) => (place * 7919 + (place >> 3) * 104_729) % 256));
  await expect(read(noise)).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE', data: { found: 'binary data' } });
});

test('control bytes that can be delimiters count as binary in a file without lines', async () => {
  const noise = Buffer.from('010241ff90'.repeat(400), 'hex');
  await expect(read(noise)).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE', data: { found: 'binary data' } });
});

test.each(['', '\ufeff', '\n\n', '   \r\n'])('a file of %j counts as empty', async (text) => {
  await expect(read(Buffer.from(text))).rejects.toMatchObject({ code: 'FILE_EMPTY' });
});

test('an invalid UTF-8 sequence is reported on its row, and the other rows are read', async () => {
  const text = Buffer.concat([
    Buffer.from(korean.repeat(20)),
    Buffer.from([0xec, 0x2c, 0x0a]),
    Buffer.from('다음,행\n'),
  ]);
  const { format, records } = await read(text);
  expect(format.reasons[0]).toEqual({
    about: 'encoding',
    code: 'ENCODING_UTF8_DAMAGED',
    data: { places: 1, line: 61 },
  });
  expect(records.filter(({ problem }) => problem)).toEqual([{ cells: ['\ufffd', ''], line: 61, problem: 'ENCODING' }]);
  expect(records.at(-1)?.cells).toEqual(['다음', '행']);
});

test('a lone surrogate in UTF-32 is reported on its row', async () => {
  const text = Buffer.concat([
    iconv.encode('\ufeffa,b\nx,', 'utf-32le'),
    Buffer.from([0x3d, 0xd8, 0, 0]),
    iconv.encode('y\nz,😀\n', 'utf-32le'),
  ]);
  const { records } = await read(text);
  expect(records.slice(1)).toEqual([
    { cells: ['x', '\ufffdy'], line: 2, problem: 'ENCODING' },
    { cells: ['z', '😀'], line: 3 },
  ]);
});

test('a replacement character in the file itself is not reported as a decoding error', async () => {
  const { records } = await read(Buffer.from('a,b\nx,lost \ufffd\n'));
  expect(records[1]).toEqual({ cells: ['x', 'lost \ufffd'], line: 2, problem: 'REPLACED' });
});

test('a wrongly chosen encoding is reported with the line', async () => {
  const bytes = iconv.encode('a,b\nx,y\nä,ö\n', 'windows-1252');
  await expect(read(bytes, { encoding: 'utf-8' })).rejects.toMatchObject({ code: 'FILE_ENCODING', data: { line: 3 } });
  await expect(read(bytes, { encoding: 'nonsense' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

test.each([
  ['cp949', '오늘 날씨,맑음\n'],
  ['shift_jis', '今日の天気,晴れ\n'],
  ['euc-jp', '今日の天気,晴れです\n'],
  ['gb18030', '今天的天气很好,我们去公园\n'],
  ['big5', '今天的天氣很好,我們去公園\n'],
  ['windows-1251', 'Сегодня хорошая погода,солнечно\nЗавтра будет дождь,мокро\n'],
  ['windows-1252', 'Schöne Grüße aus Köln,süß\nÄpfel und Öl,grün\n'],
])('two short cells are enough to detect %s', async (encoding, text) => {
  expect((await read(iconv.encode(text, encoding))).format.encoding).toBe(encoding);
});

test('UTF-16 without a byte order mark is detected if little but the line ends is ASCII', async () => {
  const text =
    '今天的天气很好我们去公园会议将在下午三点开始这个产品的质量很好请回答客户的问题中国的首都在哪里。\n'.repeat(4);
  const { format, cells } = await read(iconv.encode(text, 'utf-16le'));
  expect([format.encoding, cells.length]).toEqual(['utf-16le', 4]);
});

test.each([
  ['in one line of Korean', 1, '오늘서울의날씨는맑고따뜻합니다내일은비가내릴예정입니다', 'cp949'],
  ['in several lines of Korean', 3, '오늘서울의날씨는맑고따뜻합니다내일은비가내릴예정입니다', 'cp949'],
  ['in several lines of English', 3, 'Wewentthereatlastandwewillcomeback', 'utf-8'],
])('stray zero bytes do not make text pass for UTF-16: %s', async (_, lines, text, encoding) => {
  const letters = iconv.encode(text.repeat(16), encoding);
  const line = Buffer.concat([letters, Buffer.from('\0a'), letters, Buffer.from('\0\n')]);
  const { format } = await read(Buffer.concat(new Array<Buffer>(lines).fill(line)));
  expect(format.encoding).toBe(encoding);
});

test.each(['비', '"비가\n오늘도\n내일도"'])(
  'control characters can delimit a table in a legacy encoding: %j',
  async (cell) => {
    const { cells } = await read(iconv.encode(`문서\x01요약\n오늘 날씨\x01맑음\n내일 날씨\x01${cell}\n`, 'cp949'));
    expect(cells[1]).toEqual(['오늘 날씨', '맑음']);
  },
);

test('Korean in Johab, composed letter by letter, is detected and read', async () => {
  // As written by Python's codec.
  const bytes = Buffer.from(
    'bba9a2852c94730aace1b689b76520b4e197a1b54120b7b6af7393a18c613f2cd0658877208861b54120b7b6af7393a194612088418461844428f7d3f1ae29d9680a',
    'hex',
  );
  const { format, cells } = await read(bytes);
  expect(format.encoding).toBe('johab');
  expect(cells).toEqual([
    ['질문', '답'],
    ['서울은 어디에 있습니까?', '한강 가에 있습니다 ㄱㅏㄳ(漢字)※'],
  ]);
});

test.each([
  [
    'groups above the names',
    'Region,2019,,2020,\n,Q1,Q2,Q1,Q2\n',
    ['Region', '2019 Q1', '2019 Q2', '2020 Q1', '2020 Q2'],
  ],
  ['units below the names', 'place,a,b,c,d\n,kg,m,cm,s\n', ['place', 'a kg', 'b m', 'c cm', 'd s']],
  ['units below names that include duplicates', 'place,a,b,c,c\n,kg,m,,\n', ['place', 'a kg', 'b m', 'c', 'c 2']],
  ['the names repeated', 'place,a,b,c,d\nplace,a,b,c,d\n', ['place', 'a', 'b', 'c', 'd']],
])('several header rows are combined into column names: %s', async (_, header, columns) => {
  const { format } = await read(Buffer.from(`${header}North,1,2,3,4\nSouth,5,6,7,8\nEast,9,1,2,3\n`));
  expect(format).toMatchObject({ headerRows: 2, columns });
  expect(format.reasons).toContainEqual({ about: 'header', code: 'HEADER_ROWS', data: { rows: 2 } });
});

// Regression: the second row of names that pandas writes for a MultiIndex was the first row of the table.
test.each([
  ['', 'in,in,out\npassage,question,answer\n', 2, ['passage', 'question', 'answer']],
  [
    'and unnamed row numbers',
    ',in,in,out\n,passage,question,answer\n',
    2,
    ['column 1', 'passage', 'question', 'answer'],
  ],
  ['and named ones', ',in,in,out\n,passage,question,answer\nid,,,\n', 3, ['id', 'passage', 'question', 'answer']],
  [
    'twice',
    'en,en,ko,ko\nquestion,answer,question,answer\n',
    2,
    ['en question', 'en answer', 'ko question', 'ko answer'],
  ],
  ['unless below are no names', 'text,label,label\nA cat.,cat,animal\n', 1, ['text', 'label', 'label 2']],
])('groups of columns are named above common names %s', async (_, header, headerRows, columns) => {
  const row = columns.map((_name, place) => `A word ${place}.`).join();
  const { format } = await read(Buffer.from(`${header}${row}\n${row}\n${row}\n`));
  expect(format).toMatchObject({ headerRows, columns });
});

test.each([
  ['words for missing values', 'place,a,b\nSeoul,pending,n/a\n'],
  ['words in the first row only', 'place,a,b\nSeoul,low,high\n'],
  ['words below an unnamed index', ',a,b\nSeoul,low,high\n'],
])('a row is not mistaken for column names: %s', async (_, start) => {
  const { format } = await read(Buffer.from(`${start}North,1,2\nSouth,5,6\nEast,9,1\n`));
  expect(format.headerRows).toBe(1);
});

test('a person can say how many rows name the columns', async () => {
  const { format } = await read(Buffer.from('a,\nfirst,second\nx,y\nz,w\n'), { headerRows: 2 });
  expect(format).toMatchObject({ headerRows: 2, columns: ['a first', 'a second'] });
});

test('a title to the left of an indented table is not a row of it', async () => {
  const { format } = await read(Buffer.from('Report 2024,,,\n,,,\n,,question,answer\n,,a,b\n,,c,d\n'));
  expect(format.columns).toEqual(['column 1', 'column 2', 'question', 'answer']);
});

test('duplicate and missing column names are reported', async () => {
  const { format } = await read(Buffer.from('text,text,,label\na,b,c,1\n'));
  expect(format.columns).toEqual(['text', 'text 2', 'column 3', 'label']);
  expect(format.reasons.filter(({ about }) => about === 'header').slice(1)).toEqual([
    { about: 'header', code: 'NAMES_TWICE', data: { names: 'text 2' } },
    { about: 'header', code: 'NAMES_MISSING', data: { names: 'column 3' } },
  ]);
});

test('rows quoted as a whole are read and reported', async () => {
  const { format, cells } = await read(Buffer.from('"a;b"\n"""1;2"";3"\n'));
  expect(format).toMatchObject({ delimiter: ';', columns: ['a', 'b'] });
  expect(format.reasons).toContainEqual({ about: 'quote', code: 'QUOTE_ROWS', data: {} });
  expect(cells[1]).toEqual(['1;2', '3']);
});

// Regression: the single-cell header was taken for a line above the table.
test('a column of quoted texts with a comma in each stays one column', async () => {
  const { format, cells } = await read(Buffer.from('"text"\n"hello, world"\n"good, bye"\n'));
  expect(format.columns).toEqual(['text']);
  expect(cells.slice(1)).toEqual([['hello, world'], ['good, bye']]);
});

test('quotes escaped with backslashes are unescaped in unquoted cells too', async () => {
  const { format, cells } = await read(Buffer.from('size;name\nA 5\\" pipe;x\nhe said \\"hi\\", twice;"y;z"\n'));
  expect(format.escape).toBe('\\');
  expect(cells.slice(1)).toEqual([
    ['A 5" pipe', 'x'],
    ['he said "hi", twice', 'y;z'],
  ]);
});

test('LaTeX umlauts keep their backslashes', async () => {
  const { format, cells } = await read(Buffer.from('author,year\nG\\"odel,1931\nSchr\\"odinger,1926\n'));
  expect(format.escape).toBe('"');
  expect(cells[1]).toEqual(['G\\"odel', '1931']);
});

// Regression: each search within a cell started over at every one of its letters.
// Regression: it was told to be the only cell in quotes, and not closed.
test('a quoted cell longer than what is looked at is not told to be open', async () => {
  const { format, cells } = await read(Buffer.from(`q,a\n"${'word, '.repeat(400_000)}",short\nx,y\n`));
  expect(cells.at(-1)).toEqual(['x', 'y']);
  expect(format.reasons).toContainEqual({ about: 'quote', code: 'QUOTE_CELLS', data: { cells: 1 } });
});

test('a long cell of one repeated character is read quickly', async () => {
  for (const sign of ['x', ' ', '\n', '1 ', 'a, ', '""']) {
    const { cells } = await read(Buffer.from(`text,year\n"1${sign.repeat(100_000)}.",2020\nb,2021\n`));
    expect(cells[1]?.[1]).toBe('2020');
  }
}, 20_000);

test('a missing file and a folder are reported', async () => {
  await expect(surveyFile(join(folder, 'missing.csv'), 'missing.csv')).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  await expect(surveyFile(folder, 'folder')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

async function read(bytes: Buffer, options?: CsvOptions) {
  const path = join(folder, 'table.csv');
  writeFileSync(path, bytes);
  const format = detectCsvFormat(await surveyFile(path, 'table.csv'), options);
  const records: TableRecord[] = [];
  for await (const piece of readCsv({ path, name: 'table.csv' }, format)) records.push(...piece.records);
  return { format, records, cells: records.map((record) => record.cells) };
}

// Regression: every way to distribute the blanks between a rule's signs was tried.
test('a long line of blanks is soon found to be no rule of a drawn table', async () => {
  const started = performance.now();
  await read(Buffer.from(`a,b\n${' '.repeat(60_000)}1,2\n3,4\n`));
  expect(performance.now() - started).toBeLessThan(3000);
});
