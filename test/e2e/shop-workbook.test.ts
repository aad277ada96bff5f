// What somebody does who keeps questions and answers in a workbook made for people: with a sheet that lists the others,
// a title, a header of two rows, answers that contradict each other, and some that are far too long.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { chooseTable } from '../browser/choose-table.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { workbook } from '../fixtures/workbook.ts';

const opened = openStudioForTests({
  before: ({ command, folder }) => {
    const model = path.join(folder, 'talker');
    cpSync(path.join(import.meta.dirname, '../../resources/starter-model'), model, { recursive: true });
    const settings = path.join(model, 'tokenizer_config.json');
    const template = "{% for message in messages %}{{ message['content'] }}{% endfor %}";
    const told = JSON.parse(readFileSync(settings, 'utf8'));
    writeFileSync(settings, JSON.stringify({ ...told, chat_template: template }));
    command('models', 'import', model);
  },
});
let page: Page;

beforeAll(() => {
  ({ page } = opened);
  const teas = ['green tea', 'oolong', 'jasmine tea', 'white tea', 'rooibos', 'matcha', 'chamomile', 'a tea pot'];
  const rows = Array.from({ length: 40 }, (_, row) => [
    ...[row + 1, `What does ${teas[row % 8]} number ${row} cost?`, `It costs ${row + 3} euros.`],
    row % 5 ? null : 'done',
  ]);
  const long = 'The leaves are dried by hand. '.repeat(160);
  const book = workbook([
    {
      name: 'About',
      rows: [
        ['Sheet', 'What'],
        ['Questions', 'what customers ask'],
      ],
    },
    {
      name: 'Questions',
      rows: [
        ['Customer questions of the tea shop'],
        ['Nr', 'Customer', null, 'Remarks'],
        [null, 'Question', 'Our answer'],
        ...rows,
        [41, 'What does oolong number 1 cost?', 'It costs 5 euros.'],
        [42, 'What is the story of your green tea?', `${long}1`],
        [43, 'Who makes the tea pots of your shop?', `${long}2`],
      ],
      merged: ['A1:D1', 'A2:A3', 'B2:C2', 'D2:D3'],
    },
  ]);
  writeFileSync(path.join(opened.folder, 'tea shop.xlsx'), book);
});

test('the sheet with the questions is read below its title, and imported as it is', async () => {
  await choose();
  await page.getByText('The first sheet with a long table, of 2', { exact: false }).waitFor();
  await page.getByLabel('Dataset name').fill('Tea questions');
  // What was chosen is kept while the person looks at another page.
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Import 43 rows' }).click();
  await page.getByText('Imported 43 rows into “Tea questions”.').waitFor();
});

// Regression: only the later of two contradicting rows could be deleted, and its answer was not compared with the other.
test('of two answers to one question the earlier can be deleted as well', async () => {
  await page.getByRole('link', { name: 'See them' }).click();
  await page.getByRole('button', { name: /^Conflicting targets/ }).click();
  await page.getByRole('row').filter({ hasText: 'What does oolong number 1 cost?' }).click();
  const both = page.getByRole('region', { name: 'The row in full' });
  await both.getByText('It costs 4 euros.').waitFor();
  await both.getByText('It costs 5 euros.').waitFor();
  await both.getByRole('button', { name: 'Delete row 2' }).click();
  await page.getByText('1 row deleted.').waitFor();
  await page.getByRole('button', { name: /^Conflicting targets/ }).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: /^Rows/ }).click();
  await page.getByRole('searchbox').fill('oolong number 1 cost');
  await page.getByText('1 of 42 rows').waitFor();
  await page.getByRole('gridcell', { name: 'It costs 5 euros.' }).waitFor();
  expect(await page.getByRole('gridcell', { name: 'It costs 4 euros.' }).count()).toBe(0);
});

// Regression: the texts of the row lay over the head of the list.
test('on a low window, as at a zoom of 200 %, an open row leaves room for the list', async () => {
  await page.setViewportSize({ width: 680, height: 430 });
  await page.getByRole('gridcell', { name: 'It costs 5 euros.' }).click();
  const list = await boxOf(page.getByRole('grid', { name: 'Rows' }));
  const row = await boxOf(page.getByRole('region', { name: 'The row in full' }));
  expect(row.y - list.y).toBeGreaterThanOrEqual(90);
  await page.setViewportSize({ width: 1360, height: 860 });
});

// Regression: there was only its head to be seen, and the texts in columns of a few letters.
test('on a window as small as a phone on its side, an open row is scrolled to and read', async () => {
  await page.setViewportSize({ width: 512, height: 350 });
  const row = page.getByRole('region', { name: 'The row in full' });
  await row.getByLabel('Note on the row').scrollIntoViewIfNeeded();
  expect((await row.boundingBox())?.height).toBeGreaterThanOrEqual(160);
  const text = row.getByRole('textbox').first();
  expect((await text.boundingBox())?.width).toBeGreaterThanOrEqual(160);
  await page.setViewportSize({ width: 1360, height: 860 });
});

// Regression: the row that took the deleted one's place was deleted as well.
test('a double click on the bin deletes one row', async () => {
  await page.getByRole('searchbox').fill('');
  await page.getByRole('gridcell', { name: 'What does green tea number 0 cost?' }).click();
  const bin = page.getByRole('button', { name: 'Delete the row' });
  const text = page.getByRole('region', { name: 'The row in full' }).getByRole('textbox').first();
  await expect.poll(() => text.inputValue()).toBe('What does green tea number 0 cost?');
  await clickTwice(bin, () => expect.poll(() => text.inputValue()).toBe('What does jasmine tea number 2 cost?'));
  // The rows below it move up when the studio has answered.
  await page.getByRole('gridcell', { name: 'What does green tea number 0 cost?' }).waitFor({ state: 'detached' });
  // The studio answers in turn: once this row is gone, another one would be as well.
  await page.getByRole('gridcell', { name: 'What does white tea number 3 cost?' }).click();
  await bin.click();
  await page.getByRole('gridcell', { name: 'What does white tea number 3 cost?' }).waitFor({ state: 'detached' });
  await page.getByRole('gridcell', { name: 'What does jasmine tea number 2 cost?' }).waitFor({ timeout: 5000 });
});

// Regression: an encoding and “” as the separator stood there, but not the sheet.
test('what is kept about the file names the sheet', async () => {
  await page.getByRole('tab', { name: 'About' }).click();
  const about = page.getByRole('tabpanel');
  await about.getByText('Sheet', { exact: true }).waitFor();
  expect(await about.getByText(/^(Separator|Encoding)$/).count()).toBe(0);
});

// Regression: it said that all rows fit.
test('before a training, rows that it will leave out are told', async () => {
  const start = page.getByRole('button', { name: 'Start', exact: true });
  // Regression: a double click started the training, as “Start” came under the pointer.
  await clickTwice(page.getByRole('link', { name: 'Train with this' }), () => start.waitFor());
  const needs = page.getByRole('region', { name: 'What it takes' });
  await needs.getByText(/(is left out, as its target does|are left out, as their targets do) not fit/).waitFor();
  expect(await needs.getByText('All rows fit', { exact: false }).count()).toBe(0);
});

// Regression: what was clicked moved away from the pointer, because the example row above it became lower.
test('a fold of the settings opens where it is', async () => {
  const fold = page.getByRole('button', { name: /^Data/ });
  const before = await boxOf(fold);
  await fold.click();
  await page.getByLabel('Rows per step').waitFor();
  expect(await boxOf(fold)).toEqual(before);
});

// Regression: a reload, or a look at another page, discarded the name and every setting.
test('what was chosen for a training is there after a reload, and after a look at another page', async () => {
  await page.getByLabel('Adapter name').fill('Tea answers');
  await page.getByRole('radio', { name: /^Quick/ }).click();
  await page.getByLabel('Maximum steps').fill('3');
  await page.getByLabel('Maximum steps').press('Tab');
  const isKept = async () => {
    await page.getByText('1 setting changed by hand').waitFor();
    expect(await page.getByLabel('Adapter name').inputValue()).toBe('Tea answers');
    expect(await page.getByRole('radio', { name: /^Quick/ }).isChecked()).toBe(true);
  };
  await page.reload();
  await isKept();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  await page.goBack();
  await isKept();
});

// Regression: of a model made for conversations it was said, too, that it continues a text.
test('a base model is asked or given a text to continue, as it was trained', async () => {
  await page.getByRole('link', { name: 'Base models' }).click();
  await page.getByRole('article', { name: 'talker' }).getByRole('link', { name: 'Chat with it' }).click();
  await page.getByRole('heading', { name: 'Ask talker' }).waitFor();
  await page.getByText('It was trained to answer messages.', { exact: false }).waitFor();
  await page.getByRole('link', { name: 'Base models' }).click();
  await page.getByRole('article', { name: 'starter' }).getByRole('link', { name: 'Chat with it' }).click();
  await page.getByRole('heading', { name: 'Write something for starter to continue' }).waitFor();
  await page.getByText('It was trained to continue text.', { exact: false }).waitFor();
});

async function boxOf(part: Locator): Promise<{ x: number; y: number }> {
  const box = await part.boundingBox();
  if (box === null) throw new Error('It is not on screen.');
  return { x: Math.round(box.x), y: Math.round(box.y) };
}

/** A double click whose second click comes only after what the first one does. */
async function clickTwice(control: Locator, done: () => Promise<unknown>): Promise<void> {
  await control.click();
  await done();
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
}

async function choose(): Promise<void> {
  await chooseTable(page, path.join(opened.folder, 'tea shop.xlsx'));
}
