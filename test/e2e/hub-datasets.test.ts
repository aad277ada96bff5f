// A dataset of the Hugging Face hub on the import page: found by words, told, downloaded, interrupted and resumed, and then
// imported as any file. The hub is on this machine.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openStudioWithHub } from '../browser/studio-with-hub.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const parquet = readFileSync(path.join(import.meta.dirname, '../fixtures/tables/rows-none.parquet'));
const table = (rows: number, about: string) =>
  Buffer.from(
    `question,answer\n${Array.from({ length: rows }, (_, n) => `What is ${about} ${n}?,It is ${n}.\n`).join('')}`,
  );

const { hub, opened } = await openStudioWithHub({
  'maker/facts': {
    files: { 'train.csv': table(20_000, 'fact'), 'test.csv': table(20, 'test'), 'README.md': Buffer.from('#') },
    cardData: { license: 'mit', language: ['ko', 'en'] },
    listed: { tags: ['license:mit', 'language:ko', 'language:code', 'size_categories:10K<n<100K'], downloads: 1234 },
  },
  'maker/facts-gated': { files: { 'train.csv': table(20, 'fact') }, gated: 'manual', listed: {} },
  'maker/script': {
    files: { 'script.py': Buffer.from('raise SystemExit') },
    converted: { 'default/train/0000.parquet': parquet },
  },
});
let page: Page;
beforeAll(() => ({ page } = opened));

test('datasets are found by words, once they are sent', async () => {
  await page.evaluate((hash) => (location.hash = hash), paths.importDataset());
  await page.getByRole('button', { name: 'From the Hugging Face hub' }).click();
  await field().fill('facts');
  expect(hub.searched).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByText('2 datasets found').waitFor();
  await row('maker/facts').getByText('10,000 to 100,000 rows · Korean, code · MIT · 1,234 downloads').waitFor();
  await row('maker/facts-gated').getByText('accept its licence first').waitFor();
  await page.getByRole('group', { name: 'What was found' }).and(page.locator(':focus')).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test('a gated one says at its download where its licence is accepted, and there is a way back', async () => {
  await button('Choose maker/facts-gated').click();
  await button('Download and look at it').click();
  await page.getByRole('alert').getByText('only available to people who have accepted its licence').waitFor();
  await button('Back to the datasets found').click();
  expect(await field().inputValue()).toBe('facts');
});

test('one of its tables is chosen, without anything being downloaded before', async () => {
  await button('Choose maker/facts').focus();
  await page.keyboard.press('Enter');
  await page.getByText('Licence: MIT · Korean, English').waitFor();
  expect(await page.getByRole('radio').count()).toBe(3);
  // What is divided into splits is wanted whole, unless one of them is chosen.
  expect(await page.getByRole('radio', { name: 'train + test' }).isChecked()).toBe(true);
  const alone = page.getByRole('radio', { name: /^train \d/ });
  await alone.check();
  expect(await alone.isChecked()).toBe(true);
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(hub.asked.filter((file) => file !== 'train.csv')).toEqual([]);
  expect(await seriousViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 640 });
  expect(await scrolledSideways()).toEqual([]);
  await page.setViewportSize({ width: 1360, height: 860 });
});

test('a download goes on while another page is open, and resumes when it was cancelled', async () => {
  hub.hold = 100_000;
  hub.asked.length = 0;
  await button('Download and look at it').click();
  await page.getByText('Downloading maker/facts train').first().waitFor();
  await page.getByText('of 638 KB').waitFor();
  await expect.poll(() => arrived(), { timeout: 30_000 }).toContain(100_000);
  expect(await seriousViolations(page)).toEqual([]);
  await page.evaluate((hash) => (location.hash = hash), paths.datasets());
  await page.getByRole('link', { name: 'Downloading maker/facts train' }).click();
  await button('Cancel').click();
  await button('Download and look at it').waitFor();
  hub.hold = undefined;
  await button('Download and look at it').click();
  await page.getByText('20,000 rows', { exact: true }).first().waitFor();
  expect(hub.asked).toEqual(['train.csv', 'train.csv bytes=100000-']);
  await button('Cancel').click();
});

test('the table is decided on and imported as any file, and the dataset says where it comes from', async () => {
  await field().fill('https://huggingface.co/datasets/maker/facts');
  await button('Search the hub').click();
  await page.getByRole('radio', { name: /^test \d/ }).check();
  await button('Download and look at it').click();
  expect(await page.getByRole('textbox', { name: 'Dataset name' }).inputValue()).toBe('facts test');
  await page.getByText('What is test 0?').first().waitFor();
  await button('Import 20 rows').click();
  await page.getByRole('link', { name: 'Look at the rows' }).click();
  await page.getByText('What is test 3?').first().waitFor();
  await page.getByRole('tab', { name: 'About' }).click();
  await page.getByText('maker/facts', { exact: true }).waitFor();
  const left = readdirSync(path.join(opened.home, 'dataset-downloads'), { recursive: true, encoding: 'utf8' });
  expect(left.filter((name) => name.endsWith('test.csv'))).toEqual([]);
});

test('the hub’s own copy is told, and what is no dataset is refused by a sentence', async () => {
  await page.evaluate((hash) => (location.hash = hash), paths.importDataset());
  await field().fill('maker/script');
  await button('Search the hub').click();
  await page.getByText('the hub’s own copies in Parquet').waitFor();
  await field().fill('maker/none');
  await button('Search the hub').click();
  await page.getByRole('alert').getByText('has no dataset “maker/none”').waitFor();
});

/** The parts of the page that are wider than their place. */
function scrolledSideways(): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('html, main *')]
      .filter((part) => part.scrollWidth > part.clientWidth && getComputedStyle(part).overflowX !== 'hidden')
      .filter((part) => part.matches('html') || getComputedStyle(part).overflowX === 'auto')
      .map((part) => part.className),
  );
}

/** How much of each download there is. */
function arrived(): (number | undefined)[] {
  const root = path.join(opened.home, 'dataset-downloads');
  return readdirSync(root).map(
    (id) => statSync(path.join(root, id, 'files/train.csv.part'), { throwIfNoEntry: false })?.size,
  );
}

function field() {
  return page.getByLabel('Words, name or address');
}

function row(name: string) {
  return page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
}

function button(name: string) {
  return page.getByRole('button', { name, exact: true });
}
