// A table is answered by an adapter, stopped, resumed and saved, in a real browser. Each test continues where the
// previous one ended.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const labels = ['complaint', 'praise'];
const asked = 'new mails.csv';
const questions = 'questions.csv';
const opened = openStudioForTests({
  before: ({ command, train, folder }) => {
    const learnt = Array.from({ length: 24 }, (_, n) => `Mail ${n},${labels[n % 2]}`);
    writeFileSync(path.join(folder, 'mails.csv'), ['text,label', ...learnt, ''].join('\n'));
    const columns = ['--map', 'context=text', '--map', 'target=label'];
    command('import', path.join(folder, 'mails.csv'), '--task', 'custom', ...columns);
    train('mails', 'Sorter');
    // The first row would be a formula, the second has nothing to answer.
    const rows = ['M0;=1+1', 'M1;', ...Array.from({ length: 118 }, (_, n) => `M${n + 2};Mail number ${n}`)];
    writeFileSync(path.join(folder, asked), ['id;text', ...rows, ''].join('\n'));
    command('import', 'generated-nl2sql', '--task', 'nl2sql');
    train('generated-nl2sql', 'Asker');
    const about = ['How many sailors are there?,sailor_6', 'How many planes are there?,planes_7'];
    writeFileSync(path.join(folder, questions), ['question,db', ...about, ''].join('\n'));
  },
});
let page: Page;
beforeAll(() => ({ page } = opened));

test('the page of an adapter leads to a form that proposes it, and the column that it was trained on', async () => {
  await openPlace(page, paths.adapters());
  await page.getByRole('link', { name: 'Sorter', exact: true }).click();
  await page.getByRole('main').getByRole('link', { name: 'Answer a table' }).click();
  await page.getByRole('heading', { name: 'Answer a table' }).waitFor();
  const start = page.getByRole('button', { name: 'Start answering' });
  expect(await start.getAttribute('title')).toBe('Choose a table first');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles(path.join(opened.folder, asked));
  await page.getByText('Sorter answers 120 rows.').waitFor();
  await expect.poll(() => page.getByLabel('Column to read').textContent()).toContain('text');
  expect(await page.getByRole('checkbox', { name: 'All answers are one of its 2 labels' }).isChecked()).toBe(true);
  expect(await seriousViolations(page)).toEqual([]);
});

test('rows are answered, and go on after a stop where they were', async () => {
  await page.getByRole('button', { name: 'Start answering' }).click();
  await page.getByRole('heading', { name: asked }).waitFor();
  await page.getByText(/^[1-9]\d* of 120 rows answered$/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('nothing to answer').first().waitFor();
  const told = (await page.getByText(/^\d+ of 120 rows answered$/).textContent()) ?? '';
  expect(Number.parseInt(told, 10)).toBeLessThan(120);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText(/^\d+ of 120 rows answered$/).waitFor({ state: 'detached' });
});

test('the answers are counted, and a click shows the rows with one; a row opens to all its columns', async () => {
  const filter = page.getByRole('radiogroup', { name: 'Which rows' });
  const counted = await filter.getByRole('radio').allTextContents();
  const sum = counted.slice(1).reduce((all, text) => all + Number(/(\d+)\s*$/.exec(text)?.[1]), 0);
  expect(sum).toBe(120);
  await filter.getByRole('radio', { name: /nothing to answer/ }).click();
  const rows = page.getByRole('grid').getByRole('row');
  // The head, and one row.
  await expect.poll(() => rows.count()).toBe(2);
  await rows.last().click();
  await page.getByRole('region', { name: 'The columns of this row' }).getByText('M1', { exact: true }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test('the table is saved with its answers, for a spreadsheet or for programs', async () => {
  const sheet = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const [head, first, second, third, ...rest] = linesOf(await (await sheet).path());
  expect(head).toBe('\uFEFFid,text,answer,sure,note');
  expect(first).toMatch(/^M0,'=1\+1,(complaint|praise),[01]\.\d{3},$/);
  expect(second).toBe('M1,,,,empty');
  expect(third).toMatch(/^M2,Mail number 0,(complaint|praise),[01]\.\d{3},$/);
  expect(rest).toHaveLength(117);
  const plain = page.waitForEvent('download');
  await page.getByRole('button', { name: `More actions for ${asked}` }).click();
  await page.getByRole('menuitem', { name: 'Save for programs (plain CSV)' }).click();
  const lines = linesOf(await (await plain).path());
  expect(lines.slice(0, 2)).toEqual(['id,text,answer,sure,note', expect.stringMatching(/^M0,=1\+1,/)]);
});

test('a table is deleted from the list, and comes back when that is undone', async () => {
  await openPlace(page, paths.answeredTables());
  await page.getByRole('button', { name: `More actions for ${asked}` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByText('No answered tables yet').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: asked }).waitFor();
});

// Regression: the words beside the box were a button in its label, and a click on them did nothing.
test('in the chat, a click on “Only its 2 labels” unticks its box; what it means is told beside it', async () => {
  await openPlace(page, paths.adapters());
  await page.getByRole('link', { name: 'Sorter', exact: true }).click();
  await page.getByRole('main').getByRole('link', { name: 'Chat with it' }).click();
  const box = page.getByRole('checkbox', { name: 'Only its 2 labels', exact: true });
  expect(await box.isChecked()).toBe(true);
  await page.getByText('Only its 2 labels', { exact: true }).click();
  expect(await box.isChecked()).toBe(false);
  await page.getByRole('button', { name: 'What “Only its 2 labels” means' }).click();
  await page
    .getByText(/complaint, praise/)
    .first()
    .waitFor();
  expect(await box.isChecked()).toBe(false);
  expect(await seriousViolations(page)).toEqual([]);
});

test('questions alone become queries for the databases of the adapter’s examples, and it is told which cannot be run', async () => {
  await openPlace(page, paths.newAnsweredTable());
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles(path.join(opened.folder, questions));
  await page.getByText('Asker answers 2 rows.').waitFor();
  await expect.poll(() => page.getByLabel('Column for Schema').textContent()).toContain('That of the row’s database');
  expect(await page.getByLabel('Column for Database').textContent()).toContain('db');
  await page.getByRole('checkbox', { name: 'Where a query cannot be run, try others' }).check();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Start answering' }).click();
  await page.getByRole('radio', { name: /unknown database/ }).waitFor();
  await page.getByText('How this was answered').click();
  await page.getByText('it is that of the adapter’s examples').waitFor();
});

test('answers of several columns are counted column by column, and evaluated label by label', async () => {
  const [file, out] = ['tickets.csv', 'answered.csv'].map((name) => path.join(opened.folder, name)) as [string, string];
  const kinds = ['low', 'high', 'none'].flatMap((priority) => labels.map((kind) => `${kind},${priority}`));
  const tickets = Array.from({ length: 60 }, (_, n) => `Ticket ${n},${kinds[n % kinds.length]}`);
  writeFileSync(file, ['text,kind,priority', ...tickets, ''].join('\n'));
  const columns = ['--map', 'context=text,target=kind,target=priority'];
  opened.command('import', file, '--task', 'custom', '--name', 'Tickets', ...columns);
  opened.train('Tickets', 'Router');
  const asked = ['--base', 'starter', '--adapter', 'Router'];
  opened.command('answer', file, ...asked, '--limit', '12', '--out', out);
  opened.command('evaluate', '--dataset', 'Tickets', ...asked, '--split', 'train', '--limit', '20');

  await openPlace(page, paths.answeredTables());
  await page.getByRole('link', { name: 'tickets.csv' }).click();
  const counted = page.getByRole('radiogroup', { name: 'Which rows' });
  await counted
    .getByRole('radio', { name: /^(complaint|praise)/ })
    .first()
    .waitFor();
  await page.getByRole('combobox', { name: 'Counted by' }).click();
  await page.getByRole('option', { name: 'priority' }).click();
  const ofPriorities = /^\s*(low|high|none)/;
  const priority = counted.getByRole('radio', { name: ofPriorities }).first();
  const [name, rows] = (await priority.innerText()).split(/\s+/);
  await priority.click();
  const cells = page.getByRole('grid').getByRole('row').getByRole('gridcell').filter({ hasText: ofPriorities });
  await expect.poll(() => cells.allInnerTexts()).toEqual(Array<string>(Number(rows)).fill(`${name}`));
  expect(await seriousViolations(page)).toEqual([]);

  await openPlace(page, paths.evaluations());
  await page
    .getByRole('link', { name: /^Tickets/ })
    .first()
    .click();
  const table = page.getByRole('grid', { name: 'Label by label' });
  await table.getByRole('rowheader', { name: 'praise' }).waitFor();
  await page.getByRole('combobox', { name: 'Field', exact: true }).click();
  await page.getByRole('option', { name: 'priority' }).click();
  await table.getByRole('rowheader', { name: 'high' }).waitFor();
  expect(await page.getByRole('table', { name: 'How sure' }).getByRole('rowheader').count()).toBe(4);
  expect(await seriousViolations(page)).toEqual([]);
});

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\r\n');
}
