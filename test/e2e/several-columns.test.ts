// The road of several columns, in a real browser: a context of two and a target of two are chosen for a table, seen as
// the model will see them, and imported; an adapter that learned from such rows has its message begun line by line, and
// says which columns its answers will have in a table.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { chooseTable } from '../browser/choose-table.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const goods = Array.from({ length: 40 }, (_, n) => `S${n},mug ${n},${n % 4 === 2 ? '' : 'red'},${n},${n} May`);

const opened = openStudioForTests({
  before: ({ command, train, folder }) => {
    writeFileSync(path.join(folder, 'goods.csv'), `sku,Product,Colour,Sum,Date\n${goods.join('\n')}\n`);
    const columns = 'context=Product,context=Colour,target=Sum,target=Date';
    command('import', path.join(folder, 'goods.csv'), '--task', 'custom', '--name', 'Sold', '--map', columns);
    train('Sold', 'Sums');
  },
});
let page: Page;
let table: string;
beforeAll(() => {
  page = opened.page;
  table = path.join(opened.folder, 'goods.csv');
});

test('columns are added to a context and a target, which are shown as the model will see them', async () => {
  await chooseTable(page, table);
  await choose('Context', 'Product');
  await choose('Add a column: Context', 'sku');
  await choose('Target', 'Sum');
  await choose('Add a column: Target', 'Date');
  await page.getByText('{"Sum":"0","Date":"0 May"}').waitFor();
  // Another one in its place; what is there already is not offered.
  await column('Context, column 2').click();
  expect(await page.getByRole('option').allInnerTexts()).toEqual(['None', 'sku', 'Colour']);
  await page.getByRole('option', { name: 'Colour' }).click();
  await page.getByText('Product: mug 0 Colour: red').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  // Whoever looks at another task finds the columns again.
  await page.getByRole('radio', { name: 'Summarise' }).click();
  await column('Document').waitFor();
  await page.getByRole('radio', { name: 'Custom' }).click();
  await page.getByText('Product: mug 0 Colour: red').waitFor();
  await choose('Context, column 2', 'None');
  await column('Context, column 2').waitFor({ state: 'hidden' });
  await choose('Add a column: Context', 'Colour');
  await page.getByRole('button', { name: 'Import 40 rows' }).click();
  await page.getByText('Imported 40 rows into “goods”.').waitFor();
});

// One had to be typed with the names of its columns, and its target as JSON.
test('a row is added column by column', async () => {
  await page.getByRole('link', { name: 'Look at the rows' }).click();
  await page.getByRole('button', { name: 'Add row' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Product').fill('jug');
  await dialog.getByLabel('Date').fill('1 June');
  await dialog.getByRole('button', { name: 'Add row' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const row = page.getByRole('row', { name: /jug/ });
  await row.getByText('{"Sum":"","Date":"1 June"}').waitFor();
  await row.getByText(/^Product: jug$/).waitFor();
});

test('a message is begun line by line, and lines that stay empty are not sent', async () => {
  await openPlace(page, paths.chat());
  await page.getByRole('button', { name: 'Fill in by column' }).click();
  const box = page.getByRole('textbox', { name: 'Message' });
  expect(await box.inputValue()).toBe('Product: \nColour: ');
  await page.keyboard.type('jug');
  await box.press('Enter');
  await page
    .getByRole('log')
    .getByText(/^Product: jug$/)
    .waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
  // Side by side, the message is for adapters all the same.
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'Fill in by column' }).click();
  expect(await box.inputValue()).toBe('Product: \nColour: ');
  await box.fill('');
});

test('the page of a new answered table names the columns for the fields of the answers', async () => {
  await openPlace(page, paths.newAnsweredTable());
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles(table);
  await page.getByText('Each field of the answers has a column of its own, too: Sum 2, Date 2.').waitFor();
});

function column(name: string) {
  return page.getByRole('combobox', { name, exact: true });
}

async function choose(name: string, option: string): Promise<void> {
  await column(name).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}
