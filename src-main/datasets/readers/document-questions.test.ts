import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { docxFile } from '../../../test/fixtures/word-file.ts';
import { openTable } from './open-table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'questions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (words: string) => ({ text: words });
const heading = (words: string) => ({ text: words, style: 'H' });
/** As Word writes it: the mark of the paragraph may be in bold type where its letters are not. */
const bold = (words: string, by = '<w:b/>') => ({
  raw: `<w:p><w:pPr><w:rPr><w:b/></w:rPr></w:pPr><w:r><w:rPr>${by}</w:rPr><w:t>${words}</w:t></w:r></w:p>`,
});

// Regression: questions in bold type were text like their answers, and lines of Q and A were pieces to be written.
test('bold lines that are questions are rows with the text below them', async () => {
  const { table, rows } = await read([
    ...[text('Welcome to our shop.'), bold('1. Where is it?'), text('Here.'), text('Or there.')],
    ...[bold('Shipping'), text('About parcels.'), bold('Who pays?', '<w:rStyle w:val="S"/>'), text('We do.')],
    ...[bold('반품은 어떻게 하나요?'), bold('Note!'), text('라벨을 인쇄하세요.')],
  ]);
  expect(table.facts).toMatchObject({ format: 'documents', documents: 'questions' });
  expect(rows).toEqual([
    ['Where is it?', 'Here.\n\nOr there.'],
    ['Who pays?', 'We do.'],
    ['반품은 어떻게 하나요?', 'Note!\n\n라벨을 인쇄하세요.'],
  ]);
});

test('so are headings, whose answers go on below lower headings, and lines marked as Q and A', async () => {
  const sub = { text: 'By bus', style: 'L' };
  const headed = [heading('How do I come?'), sub, text('Take the bus.'), heading('When?'), text('Now.')];
  expect((await read([...headed, heading('Why?'), text('So.'), heading('Contact'), text('Call.')])).rows).toEqual([
    ['How do I come?', 'By bus\n\nTake the bus.'],
    ['When?', 'Now.'],
    ['Why?', 'So.'],
  ]);
  const lines = ['Q: Where?', 'A: Here.', 'Q: Who?', 'A: Me.', 'And you.', 'Q: When?', 'A: Now.'].map(text);
  expect((await read([heading('Questions'), ...lines, heading('Contact'), text('Call.')])).rows).toEqual([
    ['Where?', 'Here.'],
    ['Who?', 'Me.\n\nAnd you.'],
    ['When?', 'Now.'],
  ]);
});

test('a document with some questions in it is no FAQ, nor are bold words or questions without an answer', async () => {
  const long = text('A long text about many things that are done here every day. '.repeat(5));
  const some = ['Where?', 'Who?', 'When?'].flatMap((asked) => [heading(asked), text('So.')]);
  expect((await read([heading('Book'), long, ...some])).table.facts).toMatchObject({ documents: 'pieces' });
  const partly = { raw: '<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Where</w:t></w:r><w:r><w:t> is it?</w:t></w:r></w:p>' };
  const off = bold('Who is it?', '<w:b w:val="0"/>');
  const none = [partly, off, partly].flatMap((asked) => [asked, text('Here.')]);
  expect((await read(none)).table.facts).toMatchObject({ documents: 'pieces' });
  const asked = [bold('Where?'), bold('Who?'), bold('When?'), text('Here.')];
  expect((await read(asked)).table.facts).toMatchObject({ documents: 'pieces' });
});

test('another kind of row can be chosen, and questions of any document; without any, it is cut in pieces', async () => {
  const faq = ['Where?', 'Who?', 'When?'].flatMap((asked) => [bold(asked), text('So.')]);
  expect((await read(faq, { documents: 'whole' })).rows).toHaveLength(1);
  writeFileSync(join(folder, 'a.md'), '# Where?\n\nHere.\n\n# Who?\n\nMe.\n\n# When?\n\nNow.\n');
  expect((await readPath('a.md', { documents: 'questions' })).rows[1]).toEqual(['Who?', 'Me.']);
  expect((await read([heading('Ice'), text('Closed.')], { documents: 'questions' })).rows).toEqual([
    ['Ice', 'Closed.'],
  ]);
});

function read(paragraphs: Parameters<typeof docxFile>[0], options: CsvOptions = {}) {
  const styles = { H: 'heading 1', L: 'heading 2', S: 'Strong' };
  const file = docxFile(paragraphs, { styles });
  writeFileSync(join(folder, 'faq.docx'), file);
  return readPath('faq.docx', options);
}

async function readPath(name: string, options: CsvOptions) {
  const table = await openTable(tableFile(join(folder, name)), options);
  const rows: string[][] = [];
  for await (const { records } of table.rows()) rows.push(...records.map(({ cells }) => cells.slice(0, 2)));
  await table.close();
  return { table, rows };
}
