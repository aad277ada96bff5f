// Training that is watched, paused and resumed, and the evaluation after it: in a real browser, on the starter model.
// Each test continues where the previous one ended.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { Keyboard } from '../browser/keyboard.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { listen } from '../browser/read-aloud.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(() => ({ page } = opened));

test('the cards show a measured estimate for this machine, and settings are explained, checked and saved', {
  timeout: 300_000,
}, async () => {
  await open(paths.importDataset());
  await see('Or try a sample first');
  await page.getByRole('button', { name: /Questions to small tables/ }).click();
  const imported = await listen(page);
  await page.getByRole('button', { name: /^Import \d+ rows/ }).click();
  await page.getByRole('link', { name: 'Train with this' }).waitFor();
  // Regression: all of the page was read aloud, buttons and all, and once more when the rows had been checked.
  await page.locator(':focus').filter({ hasText: 'Imported 400 rows into “Questions to small tables”.' }).waitFor();
  expect((await imported()).join()).not.toContain('Train with this');
  const estimated = await listen(page);
  await page.getByRole('link', { name: 'Train with this' }).click();
  await see('based on a measurement just made on this computer');
  // Regression: so was each part of the memory.
  expect((await estimated()).join()).toMatch(/Trains [\d,]+ of 5.3 M weights/);
  expect((await estimated()).join()).not.toContain('Base weights');
  // Regression: the tokens of one pass seemed to be all that all the steps read.
  await see(/\d+ steps over [\d,]+ target tokens, in [\d.]+ passes\./);
  await page.getByText('LoRA paper recipe').click();
  await see(/rank 4, alpha 32, on q v, dropout 10\s%/);
  await see(/the learning rate never reaches 2e-4/);
  await page.getByRole('button', { name: 'Saved settings and files' }).click();
  await page.getByRole('menuitem', { name: 'Save these settings' }).click();
  await page.getByLabel('Name of the settings').fill('Mine');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Back to/ }).click();
  await page.getByRole('button', { name: 'Saved settings and files' }).click();
  await page.getByRole('menuitem', { name: 'Mine' }).click();
  await see(/rank 4, alpha 32, on q v/);
  await page.getByRole('button', { name: /^Back to/ }).click();
  for (const group of ['Optimiser', 'Data', 'Checkpoints']) await page.getByRole('button', { name: group }).click();
  await see(/Share of certainty spread/);
  const length = page.getByLabel('Longest row in tokens');
  await length.fill('1000');
  await length.blur();
  expect(await description(length)).toBe('Enter a whole number from 8 to 512.');
  await page.getByRole('button', { name: /^Back to/ }).click();
  expect(await description(length)).toMatch(/^Context and target together/);
  await page.getByRole('button', { name: 'Also train' }).click();
  const ranks = page.getByLabel('Other ranks');
  await ranks.fill('2, 4');
  await ranks.blur();
  await see('3 adapters');
  await see(/One alone: about/);
  await accessible();
  await ranks.fill('');
  await ranks.blur();
  await expect.poll(() => page.getByText(/One alone: about/).count(), { timeout: 60_000 }).toBe(0);
});

test('rows are answered during training, and the run pauses and resumes', { timeout: 400_000 }, async () => {
  await page.getByText('Quick', { exact: true }).click();
  const steps = page.getByLabel('Maximum steps');
  await steps.fill('12');
  await steps.blur();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await see('5 rows to watch');
  await see(/^answers at step \d+,/);
  await see(/Step ([2-9]|\d{2,})/);
  await see(/Stop ends it and makes an adapter from what it has learned/);
  await page.getByRole('button', { name: 'Pause' }).focus();
  await page.keyboard.press('Enter');
  await see(/Paused at step/);
  await accessible();
  // Regression: the focus was on Stop by then.
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Resume');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Pause');
  const heard = await listen(page);
  await see(/is ready\. The base model is as it was\./);
  // Regression: whoever does not see the page was told nothing, as its notice is left to the page of the run.
  expect((await heard()).join()).toMatch(/is ready\. The base model is as it was\./);
  await page.getByText('Log', { exact: true }).first().click();
  await accessible();
});

test('the adapter is evaluated automatically, with a verdict, intervals, every row and downloads', {
  timeout: 400_000,
}, async () => {
  await open(paths.evaluations());
  await page
    .getByRole('link', { name: /test split/ })
    .first()
    .click();
  await see(/on (\d+|any) of 25 rows/);
  await see(/the true difference is between/);
  await page.getByText(/^All 25$/).click();
  await page.locator('table.rows tbody button').first().click();
  await see('Context');
  await accessible();
  for (const [item, ending] of [
    ['Save as a report page', '.html'],
    ['Save all answers as CSV', '.csv'],
  ] as const) {
    await page.getByRole('button', { name: 'Save and delete' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^Questions to small tables-test-.*\\${ending}$`));
  }
});

test('training continues from an adapter and shows the loss of the base', { timeout: 400_000 }, async () => {
  await open(paths.adapters());
  await page.getByRole('button', { name: 'More actions for Questions to small tables SQL' }).click();
  await page.getByRole('menuitem', { name: 'Train further' }).click();
  await see(/^It continues from Questions to small tables SQL, with its rank and matrices\./);
  await page.getByRole('button', { name: 'LoRA paper recipe' }).click();
  await see(/rank 16, alpha 32, on q k v o gate up down, dropout 10\s%/);
  await page.getByRole('button', { name: /^Back to/ }).click();
  await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
  const steps = page.getByLabel('Maximum steps');
  await steps.fill('4');
  await steps.blur();
  await page.getByRole('checkbox', { name: /^Evaluate it/ }).uncheck();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await see(/It continued from the adapter Questions to small tables SQL\. The base model alone has a loss of \d/);
  await accessible();
});

// Its page said that an evaluation would show more, while it was being evaluated.
test('an adapter that is being evaluated says so in the list and on its page', async () => {
  await open(paths.adapters());
  await page.getByRole('link', { name: 'Questions to small tables SQL 2', exact: true }).first().click();
  await see('An evaluation shows how many test rows it gets right.');
  await page.getByRole('link', { name: 'Evaluate', exact: true }).last().click();
  // On the few test rows it may be over before it is looked for.
  await page.getByRole('combobox', { name: 'Split' }).click();
  await page.getByRole('option', { name: /^Train/ }).click();
  await page.getByLabel('Maximum rows').fill('');
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  const evaluation = page.url();
  await page.goBack();
  await page.goBack();
  await see('It is being evaluated.');
  await open(paths.adapters());
  await page.getByRole('link', { name: 'being evaluated' }).click();
  expect(page.url()).toBe(evaluation);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
});

// The base's score was in the list twice, as if an adapter had come to the same.
test('an evaluation without adapters is listed with the score of the base alone', async () => {
  const base = ['--dataset', 'Questions to small tables', '--base', 'starter', '--limit', '2', '--max-tokens', '4'];
  opened.command('evaluate', ...base);
  await open(paths.evaluations());
  const alone = page.getByRole('row').filter({ hasText: /2 rows/ });
  await alone.getByText('Done').waitFor();
  expect(await alone.innerText()).toMatch(/\s0\s%\s/);
  expect(await alone.innerText()).not.toContain('→');
});

test('a deleted run can be restored by undo', async () => {
  await open(paths.runs());
  await page.getByText('2 runs', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'More actions for this run' }).first().click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByText('1 run', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('2 runs', { exact: true }).waitFor();
});

test('targets that are labels are shown label by label, and each count shows its rows', async () => {
  const file = path.join(opened.folder, 'mail.csv');
  const kinds = ['complaint', 'praise', 'question'];
  const lines = Array.from({ length: 60 }, (_, n) => `Letter ${n} is a ${kinds[n % 3]},${kinds[n % 3]}`);
  writeFileSync(file, ['context,target', ...lines].join('\n'));
  opened.command('import', file, '--task', 'custom', '--name', 'Mail');
  opened.train('Mail', 'Sorter', 8);
  const about = ['--dataset', 'Mail', '--base', 'starter', '--adapter', 'Sorter', '--split', 'train'];
  opened.command('evaluate', ...about, '--limit', '12', '--max-tokens', '6');
  await open(paths.evaluations());
  await page.getByRole('link', { name: /^Mail/ }).first().click();
  const table = page.getByRole('grid', { name: 'Label by label' });
  await table.getByRole('rowheader', { name: 'complaint' }).waitFor();
  const shown = await table.locator('tbody button').allInnerTexts();
  expect(shown.reduce((sum, count) => sum + Number(count), 0)).toBe(12);
  // Tab leads to one of them, and arrow keys to the others.
  await new Keyboard(page).tabTo(table.locator('tbody button[tabindex="0"]'));
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const pressed = table.getByRole('button', { pressed: true });
  const count = await pressed.innerText();
  expect(await page.locator('table.rows tbody tr').count()).toBe(Number(count));
  expect(await page.getByRole('radio', { checked: true }).innerText()).toMatch(new RegExp(` → .* ${count}$`));
  await accessible();
  await page.getByRole('combobox', { name: 'Whose answers' }).click();
  await page.getByRole('option', { name: 'starter' }).click();
  // The count that was chosen is one of the other's.
  expect(await pressed.count()).toBe(0);
});

async function see(text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 240_000 });
}

/** A field's description for screen readers. */
async function description(field: Locator): Promise<string | undefined> {
  return field.evaluate(
    (element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.innerText,
  );
}

const open = (href: string) => openPlace(page, href);

async function accessible(): Promise<void> {
  expect(await seriousViolations(page)).toEqual([]);
}
