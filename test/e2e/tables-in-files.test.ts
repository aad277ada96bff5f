// Files in which a row’s place, or a table, cannot be told by its line: an archive of different tables, and a JSON list.
// Then questions whose schema is in another file.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { chooseTable } from '../browser/choose-table.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';
import { writeSqliteFile } from '../fixtures/sqlite-file.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(() => {
  ({ page } = opened);
});

test('of an archive of different tables another one can be chosen', async () => {
  const tables = [
    { name: 'customers.csv', text: `id,name,city\n${'1,Mina,Seoul\n'.repeat(9)}` },
    { name: 'faq.csv', text: 'id,question,answer\n1,When do you open?,at nine\n2,Where are you?,in Jeju\n' },
    { name: 'letters.csv', text: 'question,answer,by\nMay I come?,Yes,Jun\nMay she?,She may,Jun\nAnd he?,No,Jun\n' },
    { name: 'prices.csv', text: 'tea,price\ngreen,3\nblack,4\nwhite,5\n' },
  ];
  await choose('shop.zip', zipArchive(tables));
  await page.getByText('Not read because they have other columns: customers.csv, prices.csv (2 in all).').waitFor();
  await page.getByRole('button', { name: /^Import 5 rows/ }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Change Table' }).click();
  await page.locator('button[aria-haspopup=listbox]', { hasText: 'faq.csv' }).click();
  await page.getByRole('option', { name: 'prices.csv' }).click();
  await page.getByText('Not read because they have other columns: customers.csv, faq.csv').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('a left-out item of a JSON list is named by its number', async () => {
  const rows = ['red', '', 'blue'].map((target, row) => ({ context: `What colour is box ${row}?`, target }));
  await choose('boxes.json', Buffer.from(JSON.stringify(rows)));
  await page.getByRole('button', { name: /^Import 2 rows/ }).click();
  await page.getByRole('link', { name: 'See why' }).click();
  await page.getByRole('columnheader', { name: 'Item' }).waitFor();
  await page.getByRole('grid', { name: 'Left out' }).getByText('What colour is box 1?').click();
  await page.getByText('Item 2 of the list').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

// A script of SQL was said to come before the question, until the import failed. Without the schema, the context was
// said to be of 43 characters. A row without its query was offered to be written, where nothing was left to write.
test('questions take their schema from a database, and of a script it is told how to make one of it', async () => {
  const [script, database] = ['shop.sql', 'shop.sqlite'].map((name) => path.join(opened.folder, name)) as [
    string,
    string,
  ];
  writeFileSync(script, 'CREATE TABLE seller (id INTEGER PRIMARY KEY, name TEXT);');
  writeSqliteFile(database, 'CREATE TABLE seller (id INTEGER PRIMARY KEY, name TEXT);');
  await choose(
    'questions.csv',
    Buffer.from(`question,sql\n${'How many sellers?,SELECT COUNT(*) FROM seller\n'.repeat(9)}Who sells most?,\n`),
  );
  await page.getByLabel('Attach SQLite files').last().setInputFiles(script);
  await page.getByText(`sqlite3 "shop.sqlite" ".read 'shop.sql'"`).waitFor();
  expect(await page.getByText('the tables and columns of').count()).toBe(0);
  await page.getByLabel('Attach SQLite files').last().setInputFiles(database);
  await page.getByText('[the tables and columns of shop.sqlite]').waitFor();
  expect(await page.getByText(/^\d+ characters$/).count()).toBe(1);
  await page.getByRole('button', { name: 'Import 9 rows' }).click();
  await page.getByText('1 row was left out').waitFor();
  expect(await page.getByRole('link', { name: /^Write/ }).count()).toBe(0);
});

async function choose(name: string, content: Buffer): Promise<void> {
  writeFileSync(path.join(opened.folder, name), content);
  await chooseTable(page, path.join(opened.folder, name));
}
