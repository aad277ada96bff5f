import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { pdfFile } from '../../../test/fixtures/pdf-file.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { docxFile } from '../../../test/fixtures/word-file.ts';
import { zipArchive } from '../../../test/fixtures/zip-archive.ts';
import { inspectTable } from '../importing/inspect.ts';
import { judgeRows } from '../importing/judge-rows.ts';
import { openTable } from './open-table.ts';
import type { TableRecord } from './table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder of documents has a row for each section, whose headings are what the model reads', async () => {
  write({
    'set/leave.md':
      '---\ntitle: Leave\ndepartment: People\n---\n# Leave\n\nAll have 25 days.\n\n## Carry over\n\nFive days.\n',
    'set/more/travel.txt': 'Travel\n\nBook early.\n\nTrains\n\nSecond class.\n',
    'set/page.html': '<title>Pay | Intranet</title><nav>Home</nav><h1>Pay</h1><p>On the 25th.<script>steal()</script>',
    'set/.hidden.md': '# No\n\nNo',
    'set/logo.png': 'x',
    'secret.txt': 'Outside\n\nNot this.',
  });
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'set', 'link.txt'));
  const { table, cells } = await open('set');
  expect(table.columns).toEqual(['context', 'target', 'file', 'title', 'heading', 'department']);
  expect(table.facts).toMatchObject({ format: 'documents', documents: 'pieces' });
  expect(table.facts.files).toEqual(['leave.md', 'more/travel.txt', 'page.html']);
  expect(table.facts.reasons.find(({ code }) => code === 'DOCUMENTS_SKIPPED')?.data).toEqual({
    files: '.hidden.md, logo.png',
    count: 2,
  });
  expect(cells.map((row) => row.slice(0, 3))).toEqual([
    ['Leave', 'All have 25 days.', 'leave.md'],
    ['Leave\nCarry over', 'Five days.', 'leave.md'],
    ['Travel', 'Book early.', 'more/travel.txt'],
    ['Travel\nTrains', 'Second class.', 'more/travel.txt'],
    ['Pay', 'On the 25th.', 'page.html'],
  ]);
  expect(cells[0]?.at(-1)).toBe('People');
});

// Of a long text without headings, all rows were one group, and none could be kept back.
test('the general task is proposed, and only of many documents each stays in one split', async () => {
  write(Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`set/${n}.md`, '# A\n\nText.\n\n## B\n\nMore.\n'])));
  const inspection = await inspectTable(tableFile(join(folder, 'set')), {});
  expect(inspection.proposedTask).toBe('custom');
  expect(inspection.mappings.custom).toEqual({ context: 'context', target: 'target', group: 'group' });
  expect(new Set(inspection.sample.map((row) => row[2])).size).toBe(10);
  const few = await inspectTable(tableFile(join(folder, 'set', '0.md')), {});
  expect(few.mappings.custom).toEqual({ context: 'context', target: 'target' });
});

test.each([
  ['in the name', 'set/a.txt', 'set/a.summary.md'],
  ['in the name of a folder', 'set/documents/a.txt', 'set/Summaries/a.md'],
  ['in a folder below', 'set/a.txt', 'set/summary/a.txt'],
])('a document and its summary, which is told %s, are one row', async (_, document, summary) => {
  write({
    [document]: 'Ice\n\nThe harbour is closed.',
    [summary]: 'Closed.',
    'set/b.txt': 'Snow\n\nThe road is open.',
  });
  const { cells } = await open('set');
  expect(cells.map((row) => row.slice(0, 2))).toEqual(
    expect.arrayContaining([
      ['Ice\n\nThe harbour is closed.', 'Closed.'],
      ['Snow\n\nThe road is open.', ''],
    ]),
  );
  expect(cells).toHaveLength(2);
  const { proposedTask, mappings } = await inspectTable(tableFile(join(folder, 'set')), {});
  expect(proposedTask).toBe('summarisation');
  const judged = await judgeRows(tableFile(join(folder, 'set')), {
    task: proposedTask,
    mapping: mappings[proposedTask],
  });
  expect(judged).toMatchObject({ taken: 1, rejected: { reasons: { ROW_TARGET_EMPTY: 1 } } });
  const pieces = await open('set', { documents: 'pieces' });
  expect(pieces.table.columns.slice(0, 2)).toEqual(['context', 'target']);
});

test('a summary in front of a text in Markdown belongs to it', async () => {
  write({
    'set/a.md': '---\nsummary: Closed.\ntags: [ice]\nnested:\n  - x\n---\nThe harbour is closed.',
    'set/b.md': '---\nsummary: "Open: yes."\n---\nThe road is open.',
  });
  const { table, cells } = await open('set');
  expect(table.columns).toEqual(['text', 'file', 'title', 'summary', 'tags']);
  expect(cells.map((row) => [row[0], row[3]])).toEqual([
    ['The harbour is closed.', 'Closed.'],
    ['The road is open.', 'Open: yes.'],
  ]);
});

test('a whole document is written from its title, or from its first sentence', async () => {
  write({
    'set/a.md': '# Ice\n\nClosed.\n\n## Since\n\nMonday.',
    'set/b.md': 'All is open. Come by.',
    'set/c_d.md': 'Yes',
  });
  const { cells } = await open('set', { documents: 'whole' });
  expect(cells.map((row) => row.slice(0, 2))).toEqual([
    ['Ice', 'Closed.\n\nSince\n\nMonday.'],
    ['All is open.', 'Come by.'],
    ['c d', 'Yes'],
  ]);
});

test('what cannot be read of an archive is a row with the reason, whatever the names in it say', async () => {
  const bomb = docxFile([{ text: 'x'.repeat(30_000_000) }]);
  const files: [string, string | Buffer][] = [
    ['../../up.txt', 'Up\n\nText.'],
    ['binary.txt', Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 14, 15, 16])],
    ['bomb.docx', bomb],
    ['cut.docx', docxFile([{ text: 'a' }]).subarray(0, 200)],
    ['cut.pdf', '%PDF-1.4 and no more'],
    ['empty.md', ' \n'],
    ['locked.pdf', pdfFile([[{ text: 'a' }]], { isLocked: true })],
    ['scan.pdf', pdfFile([[]])],
    ['word.docx', docxFile([{ text: 'Fine.' }])],
  ];
  writeFileSync(join(folder, 'a.zip'), zipArchive(files.map(([name, text]) => ({ name, text }))));
  const { records } = await open('a.zip');
  expect(records.map(({ part, problem, cells }) => [part, problem ?? cells[1]])).toEqual([
    ['../../up.txt', 'Text.'],
    ['binary.txt', 'DOCUMENT_DAMAGED'],
    ['bomb.docx', 'DOCUMENT_DAMAGED'],
    ['cut.docx', 'DOCUMENT_DAMAGED'],
    ['cut.pdf', 'DOCUMENT_DAMAGED'],
    ['empty.md', 'DOCUMENT_EMPTY'],
    ['locked.pdf', 'DOCUMENT_LOCKED'],
    ['scan.pdf', 'DOCUMENT_EMPTY'],
    ['word.docx', 'Fine.'],
  ]);
});

test('a PDF’s lines become paragraphs, larger ones headings, and page numbers are left out', async () => {
  const page = (number: number) => [
    { text: 'Handbook', y: 770 },
    ...(number === 1 ? [{ text: 'Leave', size: 20, y: 740 }] : []),
    { text: `All employees have 25 days of leave in year ${number}, and pub-`, y: 700 },
    { text: 'lic holidays.', y: 686 },
    { text: `Ask in portal ${'ABC'[number - 1]}.`, y: 650 },
    { text: `Page ${number}`, y: 30 },
  ];
  writeFileSync(join(folder, 'a.pdf'), pdfFile([page(1), page(2), page(3)]));
  const { cells } = await open('a.pdf');
  const year = (number: number) => `All employees have 25 days of leave in year ${number}, and public holidays.`;
  expect(cells.map((row) => row.slice(0, 2))).toEqual([
    ['Leave', [year(1), 'Ask in portal A.', year(2), 'Ask in portal B.', year(3), 'Ask in portal C.'].join('\n\n')],
  ]);
});

test('a Word document: headings by style, lists and tables; nothing deleted and no entity', async () => {
  const xml = docxFile(
    [
      { text: 'Handbook', style: 'Titel' },
      { text: 'Leave', style: '1' },
      { text: '25 days &amp; holidays &evil;', extra: '<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>' },
      {
        raw: '<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>',
      },
    ],
    {
      styles: { '1': 'heading 1', Titel: 'Title' },
      doctype: '<!DOCTYPE x [<!ENTITY evil SYSTEM "file:///etc/passwd">]>',
    },
  );
  writeFileSync(join(folder, 'a.docx'), xml);
  const { cells } = await open('a.docx');
  expect(cells.map((row) => row.slice(0, 2))).toEqual([['Handbook\nLeave', '25 days & holidays &evil;\n\na \tb']]);
});

test('a text that is no table is a document, in any encoding; a table or a chat stays one', async () => {
  write({ 'a.txt': iconv.encode('휴가 규정\n\n모든 직원은 연 25일의 휴가를 쓸 수 있습니다.\n', 'cp949') });
  expect((await open('a.txt')).cells.map((row) => row.slice(0, 2))).toEqual([
    ['휴가 규정', '모든 직원은 연 25일의 휴가를 쓸 수 있습니다.'],
  ]);
  write({
    'b.txt': 'question\tanswer\nWhere?\tHere\nWhen?\tNow\n',
    'c.md': '| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n',
  });
  expect((await open('b.txt')).table.columns).toEqual(['question', 'answer']);
  expect((await open('c.md')).table.columns).toEqual(['a', 'b']);
  write({
    'd.md': '# Notes\n\nThis, and that, and more, of it.\n\nThen, as said, the rest.\n',
    'set/e.txt': 'a\tb\n1\t2\n3\t4\n',
  });
  expect((await open('d.md')).table.facts.format).toBe('documents');
  expect((await open('a.txt', { format: 'csv' })).table.facts.format).toBe('csv');
  expect((await open('set')).table.facts.format).toBe('folder');
  write({ 'set/f.md': '# Letter\n\nDear all.' });
  expect((await open('set')).table.facts.format).toBe('folder');
  expect((await open('set', { documents: 'pieces' })).table.facts.files).toEqual(['e.txt', 'f.md']);
});

// Regression: a paragraph with a comma, and several with a few each, were tables of two columns.
test.each([
  ['documents', 'The tower, built in 1889, is of iron. It stands in Paris.\n'],
  [
    'documents',
    'The tower, of iron, is high.\n\nPeople climb it, which is allowed, for 5,000 steps.\n\nIt closes at ten, as a rule.\n',
  ],
  ['documents', '날이 추워서, 눈이 왔습니다.\n길은 막혔지만, 기차는 다녔습니다.\n'],
  ['documents', 'Rain all day\nIt poured, and then it stopped, and poured again.\nWe, all of us, stayed in.\n'],
  // Regression: notes and thousands made a table of it.
  ['documents', 'It lost 587,000 trees, some 10 % of 5,870,000, in a year, and 12,000 since.[12][citation needed]\n'],
  // Regression: as many words in each line were a table of as many columns, its first line their names.
  ['documents', 'The cat sat down.\nA dog ran home.\nWe ate some bread.\nYou read good books.\n'],
  ['documents', '봄이 오면 꽃이 핀다.\n여름 오면 비가 온다.\n가을 오면 잎이 진다.\n겨울 오면 눈이 온다.\n'],
  ['csv', 'Oslo NO 709\nBonn DE 331\nLyon FR 522\nBern CH 134\nGraz AT 291\n'],
  ['csv', 'place,trees\nForest,587\nPark,120\n'],
  ['csv', 'name, age\nAnn, 31\nBob, 42\n'],
  ['csv', 'question, answer\nWhere is it?, It is here.\nWhen was it?, It was then.\n'],
  ['csv', 'Where is it?,It is here.\nWhen was it?,It was then.\n'],
  ['csv', 'Where is it?, It is here.\nWhen was it?, It was then.\nWho was it?, It was me.\n'],
])('a text is one of %s, told by where its commas and blanks are: %j', async (format, text) => {
  write({ 'a.txt': text, 'set/a.txt': text });
  expect((await open('a.txt')).table.facts.format).toBe(format);
  expect((await open('set')).table.facts.format).toBe(format === 'csv' ? 'folder' : format);
});

// Regression: blanks that lay below each other by chance made columns of three long paragraphs.
test('paragraphs are not cut where their blanks are aligned; columns of values are', async () => {
  const paragraphs = [
    'Where is the tower, please?',
    'It stands behind the station, not far from the bridge over the river.',
    'Notes: it is of iron, it is high, and it is open all day.  Nobody is there at night.  No lights are lit.',
    'More: it closes in winter.  People who have a key may still go up to the top of it, and they do so, often, if it is dry.',
  ];
  write({ 'a.txt': `${paragraphs.join('\n')}\n`, 'b.txt': 'name     age\nAnn Lee   31\nBob       42\n' });
  expect((await open('a.txt')).table.facts.format).toBe('documents');
  expect((await open('b.txt')).table.facts).toMatchObject({ format: 'csv', delimiter: 'fixed' });
});

// Regression: the names of the folders were lost, and each text was learned from its own first sentence.
test('texts in folders of many have the folder’s name as their label, unless something else is wanted', async () => {
  const texts = Array.from({ length: 10 }, (_, n) => [
    [`set/pos/${n === 3 ? 'test' : 'train'}/${n}.txt`, `I liked it, ${n} times. Go and see it.`],
    [`set/train/neg/${n}.txt`, `It was dull, ${n} times. Stay at home.`],
  ]);
  write(Object.fromEntries(texts.flat()));
  const { table, cells } = await open('set');
  expect(table.facts.documents).toBe('labelled');
  expect(table.facts.reasons).toContainEqual({
    ...{ about: 'shape', code: 'DOCUMENT_LABELLED', data: { folders: 'neg, pos' } },
  });
  expect(table.columns).toEqual(['context', 'target', 'split', 'file', 'title']);
  expect(cells.find((row) => row[3] === 'pos/test/3.txt')?.slice(0, 3)).toEqual([
    ...['I liked it, 3 times. Go and see it.', 'pos', 'test'],
  ]);
  expect((await open('set', { documents: 'pieces' })).table.facts.documents).toBe('pieces');
  // A few texts, or some that lie elsewhere, are no examples of labels.
  write({ 'few/a/1.txt': 'One. Two.', 'few/b/1.txt': 'Three. Four.', 'set/about.txt': 'What this is. And why.' });
  expect((await open('few')).table.facts.documents).toBe('pieces');
  expect((await open('set')).table.facts.documents).toBe('pieces');
  const labelled = await open('set', { documents: 'labelled' });
  expect(labelled.cells.find(([, , file]) => file === 'about.txt')?.[1]).toBe('');
});

async function open(name: string, options: CsvOptions = {}) {
  const path = join(folder, name);
  const table = await openTable({ path, name, unpackFolder: join(folder, 'unpacked') }, options);
  const records: TableRecord[] = [];
  for await (const piece of table.rows()) records.push(...piece.records);
  await table.close();
  return { table, records, cells: records.map(({ cells }) => cells) };
}

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
