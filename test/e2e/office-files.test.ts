// What ordinary people have beside tables of text: a spreadsheet of LibreOffice whose sheet is chosen, a translation
// memory, and an FAQ written in Word.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { chooseTable } from '../browser/choose-table.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';
import { odsFile, odsTable } from '../fixtures/opendocument.ts';
import { docxFile } from '../fixtures/word-file.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(() => {
  ({ page } = opened);
});

test('a spreadsheet of LibreOffice is read like one of Excel, and another sheet can be chosen', async () => {
  const rows = (word: string) => Array.from({ length: 9 }, (_, row) => [`What is ${word} ${row}?`, `A ${word}.`]);
  const sheets = ['tea', 'cup'].map((word) => odsTable(word, [['question', 'answer'], ...rows(word)]));
  await choose('shop.ods', odsFile(sheets.join('')));
  await page.getByText('OpenDocument spreadsheet').waitFor();
  await page.getByRole('button', { name: /^Import 9 rows/ }).waitFor();
  await page.getByRole('button', { name: 'Change Sheet' }).click();
  await page.locator('button[aria-haspopup=listbox]', { hasText: 'tea' }).click();
  await page.getByRole('option', { name: 'cup' }).click();
  await page.getByText('What is cup 1?').first().waitFor();
  await page.getByRole('button', { name: 'Change Header' }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: /^Import 9 rows/ }).click();
  await page.getByText('Imported 9 rows into “shop”.').waitFor();
});

test('a translation memory is pairs of texts; an entry in which it is cut off is named', async () => {
  const entry = (at: number) =>
    `<tu><tuv xml:lang="en"><seg>Open window ${at}.</seg></tuv><tuv xml:lang="ko"><seg>창문 ${at}번을 여세요.</seg></tuv></tu>`;
  const text = `<?xml version="1.0"?><tmx version="1.4"><header srclang="en"/><body>${[1, 2, 3, 4, 5, 6].map(entry).join('')}`;
  await choose('memory.tmx', Buffer.from(text.slice(0, text.lastIndexOf('여세요'))));
  await page.getByText(/^A translation memory: each of its entries is a row/).waitFor();
  await page.getByRole('button', { name: /^Import 5 rows/ }).click();
  await page.getByRole('link', { name: 'See why' }).click();
  await page.getByText('An entry does not end as it should, or the file is cut off').first().waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test('an FAQ of Word has a row for each question, and is a document if a person wants so', async () => {
  const bold = (words: string) => ({ raw: `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>${words}</w:t></w:r></w:p>` });
  const faq = ['Where is it?', 'Who pays?', 'When is it open?'].flatMap((asked) => [
    bold(asked),
    { text: 'So it is.' },
  ]);
  await choose('faq.docx', docxFile(faq));
  await page.getByRole('button', { name: /^Import 3 rows/ }).waitFor();
  await page.getByText(/^Questions that are headings or bold lines/).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByLabel('What should a row be?').click();
  await page.getByRole('option', { name: /^A whole document/ }).click();
  await page.getByRole('button', { name: /^Import 1 row/ }).waitFor();
});

async function choose(name: string, content: Buffer): Promise<void> {
  const file = path.join(opened.folder, name);
  writeFileSync(file, content);
  await chooseTable(page, file);
}
