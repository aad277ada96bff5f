// Tables that can be read but not learned from, as somebody who cannot program brings them: what is wrong is told before
// a run wastes their time, and mended where it is told, with the keyboard.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { chooseTable } from '../browser/choose-table.ts';
import { Keyboard } from '../browser/keyboard.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests({
  before: ({ command, folder }) => {
    const write = (name: string, head: string, row: (n: number) => string, rows = 60) => {
      const lines = Array.from({ length: rows }, (_, n) => row(n));
      writeFileSync(path.join(folder, `${name}.csv`), [head, ...lines].join('\n'));
    };
    const town = (n: number) => `${towns[n % towns.length]} ${String.fromCharCode(97 + (n % 26))}`;
    write(
      'swapped',
      'passage,question,answer',
      (n) => `River ${n * n} flows to ${town(n)}.,${town(n)},Where does river ${n * n} flow?`,
    );
    write(
      'labels',
      'text,label',
      (n) => `Letter ${n * n} about the kettle,${n % 20 === 3 ? 'Good' : n % 2 === 0 ? 'good' : 'bad'}`,
    );
    write(
      'long',
      'context,target',
      (n) => `What is said of river ${n * n}?,${'It flows on and on. '.repeat(200)}${town(n)}`,
    );
    write('pages', 'text,answer', (n) => `Letter ${n * n}<br>about the kettle,Itâ€™s ${town(n)} &amp; town ${n}`);
    write(
      'printed',
      'text,fields',
      (n) => `Letter ${n * n} from ${town(n)},"{'n': ${n}, 'town': '${town(n)}', 'old': None}"`,
    );
    write('header', 'text,note', () => '', 0);
    write('chinese', 'context,target', (n) => `客人写信说水壶漏水已经有${n * n}天了,水壶漏水${n}`);
    write('many', 'context,target', (n) => `What is said of river ${n}?,It flows to ${town(n)}`, 2100);
    for (const name of ['labels', 'long', 'pages', 'chinese', 'many'])
      command('import', path.join(folder, `${name}.csv`), '--task', 'custom', '--name', name);
  },
});
const towns = ['Bonn', 'Köln', 'Ulm'];
let page: Page;
let keyboard: Keyboard;
beforeAll(() => {
  ({ page } = opened);
  keyboard = new Keyboard(page);
});

// Regression: it was told to lack columns, which are of no use without rows.
test('a table of nothing but a header is told to have no rows', async () => {
  await chooseTable(page, path.join(opened.folder, 'header.csv'));
  await expect.poll(() => page.getByText('There are no rows below the header.').count()).toBe(2);
  expect(await page.getByText('Choose a column for').count()).toBe(0);
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('columns in each other’s place are told before the import, and swapped', async () => {
  await chooseTable(page, path.join(opened.folder, 'swapped.csv'));
  await page.getByText('The columns for “Question” and “Answer” seem to be swapped').waitFor();
  // Regression: at a zoom of 200 %, the first rows put what the model sees four windows further down.
  await page.setViewportSize({ width: 640, height: 425 });
  const lines = await page.getByRole('group', { name: 'First rows, as read' }).boundingBox();
  expect(lines?.height).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1360, height: 860 });
  // Regression: what holds for the first rows was said of the whole file.
  expect(await page.getByText(/^\d+ characters on average in the first 20 rows$/).count()).toBe(3);
  expect(await seriousViolations(page)).toEqual([]);
  await keyboard.tabTo(page.getByRole('button', { name: 'Swap them' }));
  await keyboard.press('Enter');
  await page.getByText('seem to be swapped').waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'Question' }).getByText('answer').waitFor();
  await page.getByText('60 ready').waitFor();
  await page.getByRole('button', { name: 'Import 60 rows' }).click();
  await page.getByText('No row was left out.').waitFor();
  await page.getByRole('link', { name: 'Train with this' }).click();
  await page.getByText('target tokens').waitFor();
  expect(await page.getByRole('link', { name: 'Look at these rows' }).count()).toBe(0);
});

test('labels written in two ways are mended in one step; so few are not told where they are trained on', async () => {
  await chooseDataset('labels');
  const told = page.getByText('Label written differently: 3 of 60 rows');
  // Three are fewer than a tenth.
  await page.getByText('target tokens').waitFor();
  expect(await told.count()).toBe(0);
  await openPlace(page, `${paths.datasets()}`);
  await page.getByRole('link', { name: 'labels' }).first().click();
  await page.getByRole('tab', { name: /Findings/ }).click();
  await page.getByText('Good → good').first().waitFor();
  await page.getByRole('button', { name: 'Write 3 targets as usual' }).click();
  await page.getByText('3 targets written like the others.').waitFor();
  await page.getByText('No findings').first().waitFor();
  // Regression: among the rows, their number stayed what it had been before a change.
  await page.getByRole('tab', { name: /^Rows/ }).click();
  await page.keyboard.press('Control+z');
  await page.getByRole('tab', { name: /^Findings ?3$/ }).waitFor();
  await page.keyboard.press('Control+y');
  await page.getByRole('tab', { name: /^Findings$/ }).waitFor();
});

test('what a web page and misread letters left in the texts is told before a run, and cleaned in two steps', async () => {
  await chooseDataset('pages');
  await page.getByText('Remains of a web page: 60 of 60 rows').waitFor();
  await page.getByText('Letters stored as other ones: 60 of 60 rows').waitFor();
  await page.getByRole('link', { name: 'Look at these rows' }).click();
  await page.getByText('Itâ€™s → It’s').first().waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  for (const finding of ['Letters stored as other ones', 'Remains of a web page']) {
    await page.getByRole('heading', { name: finding }).waitFor();
    await keyboard.tabTo(page.getByRole('button', { name: 'Clean 60 rows' }));
    await keyboard.press('Enter');
    await page.getByText('60 rows cleaned.').first().waitFor();
    await page.getByText(finding).first().waitFor({ state: 'detached' });
  }
  await page.getByText('No findings').first().waitFor();
  await page.getByRole('tab', { name: /Rows/ }).click();
  await page.getByText('It’s Bonn a & town 0', { exact: true }).first().waitFor();
});

test('targets that Python printed are told before the import, written as JSON, and judged field by field', async () => {
  await chooseTable(page, path.join(opened.folder, 'printed.csv'));
  await page.getByText('100 % of the rows, the target is a list or a dictionary as Python prints it').waitFor();
  await page.getByText('60 ready').waitFor();
  await page.getByRole('button', { name: 'Import 60 rows' }).click();
  await page.getByText('No row was left out.').waitFor();
  await openPlace(page, paths.datasets());
  await page.getByRole('link', { name: 'printed' }).first().click();
  await page.getByRole('tab', { name: /Findings/ }).click();
  await page.getByRole('button', { name: 'Clean 60 rows' }).click();
  await page.getByText('No findings').first().waitFor();
  opened.command('evaluate', '--dataset', 'printed', '--base', 'starter', '--limit', '2', '--max-tokens', '4');
  await openPlace(page, paths.evaluations());
  await page
    .getByRole('link', { name: /printed/ })
    .first()
    .click();
  await page.getByText(/alone scores .*JSON match/).waitFor();
  const fields = page.getByRole('region', { name: 'Field by field' }).getByRole('row');
  await fields.first().waitFor();
  expect((await fields.allInnerTexts()).map((text) => text.trim().replaceAll(/\s+/g, ' '))).toEqual([
    'Field Rows with it Right Missing Different Made up F1',
    ...['n', 'town', 'old'].map((field) => `${field} 2 0 0 % 2 0 0 0 %`),
  ]);
  await page.getByText('2 of 2 answers without any JSON').waitFor();
  await page.getByTitle('Show this row in full').first().click();
  await page.getByText('"old": null', { exact: true }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

// Regression: it kept the dataset of the one that was open.
test('a new run opened by address while one is open is about the dataset of the address', async () => {
  await openPlace(page, paths.datasets());
  const hrefs = await Promise.all(
    ['labels', 'pages'].map((name) => page.getByRole('link', { name }).first().getAttribute('href')),
  );
  const [labels = '', pages = ''] = hrefs.map((href) => href?.split('/').at(-1) ?? '');
  await openPlace(page, paths.newRun({ dataset: labels }));
  await page.getByRole('combobox', { name: 'Dataset' }).getByText('labels').waitFor();
  await page.evaluate(
    (address) => {
      location.hash = address;
    },
    paths.newRun({ dataset: pages }),
  );
  await page.getByRole('combobox', { name: 'Dataset' }).getByText('pages').waitFor();
});

test('without a row that fits nothing can be started', async () => {
  await chooseDataset('long');
  await page.getByText('No row fits in 512 tokens: there would be nothing to learn from.').waitFor();
  await page.getByText('This base reads at most 512 tokens.').waitFor();
  expect(await page.getByRole('button', { name: 'Start' }).getAttribute('title')).toBe('No row fits');
  expect(await seriousViolations(page)).toEqual([]);
});

test('a limit for which rows are left out is raised to what they need', async () => {
  await chooseDataset('labels');
  await page.getByText('Data', { exact: true }).click();
  const limit = page.getByLabel('Longest row in tokens');
  await limit.fill('8');
  await limit.blur();
  const told = page.getByText(/\d+ of 48 training rows are left out: their targets do not fit in 8 tokens/);
  await told.waitFor();
  await keyboard.tabTo(page.getByRole('button', { name: /^Allow \d+ tokens$/ }));
  await keyboard.press('Enter');
  await told.waitFor({ state: 'detached' });
  await page.getByText(/All rows fit in \d+ tokens/).waitFor();
});

test('a base that does not know the letters of the rows is told, and where others are', async () => {
  await chooseDataset('chinese');
  await page
    .getByText(/starter hardly knows the script of these rows: it needs [23]\.\d tokens for each letter/)
    .waitFor();
  await keyboard.tabTo(page.getByRole('link', { name: 'Choose another base' }));
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Base models' }).waitFor();
});

async function chooseDataset(name: string): Promise<void> {
  await openPlace(page, paths.newRun());
  await page.getByRole('combobox', { name: 'Dataset' }).click();
  await page.getByRole('option', { name }).click();
}

// Regression: every row of a table too long to be checked unasked was said to be ready, and a check could not be stopped.
test('rows that no check has seen are not called ready, and a check can be stopped', async () => {
  await openPlace(page, paths.datasets());
  await page.getByRole('link', { name: 'many', exact: true }).click();
  const filters = page.getByRole('complementary', { name: 'Filters' });
  await filters.getByRole('radio', { name: 'Not checked' }).waitFor();
  await page.getByRole('gridcell', { name: 'Not checked' }).first().waitFor();
  expect(await page.getByText('Ready', { exact: true }).count()).toBe(0);
  await filters.getByRole('link', { name: 'Check the rows' }).click();
  await page.getByRole('button', { name: 'Check the rows' }).click();
  await page.getByText('Ends when you leave this dataset.').waitFor();
  await page.getByRole('button', { name: 'Stop checking' }).click();
  await page.getByText('Not checked yet').waitFor();
});
