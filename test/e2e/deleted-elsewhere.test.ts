// A page that offers or shows what a second window deletes says so, and continues where it was once it is restored.
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';

const opened = openStudioForTests({
  before: ({ command, train }) => {
    command('import', 'generated-mrc', '--task', 'mrc', '--name', 'Places');
    command('import', 'generated-summarisation', '--task', 'summarisation', '--name', 'Talks');
    for (const name of ['Answers', 'Replies']) train('Places', name);
    const measured = ['--dataset', 'Places', '--base', 'starter', '--adapter', 'Answers'];
    command('evaluate', ...measured, '--max-tokens', '4');
  },
});
let page: Page;
let other: Page;

beforeAll(async () => {
  ({ page } = opened);
  other = await page.context().newPage();
  await other.goto(page.url());
});

// Regression: the dataset was still offered, and the start refused.
test('a new run misses the dataset that another window deletes, and keeps what else was chosen', async () => {
  await openPlace(page, paths.newRun());
  await choose('Dataset', 'Places');
  await page.getByLabel('Adapter name').fill('Mine');
  await page.getByRole('radio', { name: /^Quick/ }).click();
  await page.getByText(/^Trains /).waitFor();
  const undo = await deleteElsewhere(paths.datasets(), 'Places');
  await page.getByText('The chosen dataset has been deleted.').first().waitFor();
  expect(await start().getAttribute('aria-disabled')).toBe('true');
  await page.getByRole('combobox', { name: 'Dataset' }).click();
  expect(await page.getByRole('option').allInnerTexts()).toEqual([expect.stringContaining('Talks')]);
  await page.keyboard.press('Escape');
  await undo();
  await page.getByText(/^Trains /).waitFor();
  await page.getByRole('combobox', { name: 'Dataset' }).getByText('Places').waitFor();
  expect(await page.getByLabel('Adapter name').inputValue()).toBe('Mine');
  expect(await page.getByRole('radio', { name: /^Quick/ }).getAttribute('aria-checked')).toBe('true');
  expect(await start().getAttribute('aria-disabled')).not.toBe('true');
});

test('a new run reports the deletion of its starting adapter until fresh weights are chosen', async () => {
  await openPlace(page, paths.adapters());
  await page.getByRole('button', { name: 'More actions for Answers' }).click();
  await page.getByRole('menuitem', { name: 'Train further' }).click();
  await page.getByText('It continues from Answers').waitFor();
  const undo = await deleteElsewhere(paths.adapters(), 'Answers');
  await page.getByText('The adapter to continue from has been deleted.').first().waitFor();
  expect(await start().getAttribute('aria-disabled')).toBe('true');
  await undo();
  await page.getByText('It continues from Answers').waitFor();
  const undoAgain = await deleteElsewhere(paths.adapters(), 'Answers');
  await page.getByRole('button', { name: 'Start with fresh weights' }).click();
  await page.getByText(/^Trains /).waitFor();
  await undoAgain();
});

// Regression: it was still in the evaluation, and the start refused.
test('a new evaluation names the adapter that another window deletes, and offers one that it renames', async () => {
  await openPlace(page, paths.newEvaluation());
  await page.getByRole('checkbox', { name: 'Answers' }).waitFor();
  await page.getByRole('checkbox', { name: 'Replies' }).click();
  const undo = await deleteElsewhere(paths.adapters(), 'Answers');
  await page.getByRole('listitem').filter({ hasText: 'Answers' }).getByText('Deleted, will not be evaluated').waitFor();
  expect(await page.getByRole('checkbox', { name: 'Replies' }).getAttribute('aria-checked')).toBe('false');
  await undo();
  await page.getByRole('checkbox', { name: 'Answers', checked: true }).waitFor();
  await other.getByRole('button', { name: 'More actions for Replies' }).click();
  await other.getByRole('menuitem', { name: 'Rename' }).click();
  await other.getByRole('dialog').getByRole('textbox').fill('Retorts');
  await other.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'Retorts', checked: false }).waitFor();
});

test('a new evaluation reports the dataset that another window deletes', async () => {
  const undo = await deleteElsewhere(paths.datasets(), 'Places');
  await page.getByText('The chosen dataset has been deleted.').first().waitFor();
  const evaluate = page.getByRole('button', { name: 'Evaluate', exact: true });
  expect(await evaluate.getAttribute('aria-disabled')).toBe('true');
  await undo();
  await page.getByRole('combobox', { name: 'Dataset' }).getByText('Places').waitFor();
  await page.getByRole('checkbox', { name: 'Answers', checked: true }).waitFor();
});

// Regression: another dataset took its place without a word, and experiments were started on it.
test('the lab misses the dataset that another window deletes', async () => {
  await openPlace(page, paths.lab());
  await choose('Dataset', 'Places');
  const undo = await deleteElsewhere(paths.datasets(), 'Places');
  await page.getByText('The chosen dataset has been deleted.', { exact: true }).waitFor();
  const run = page.getByRole('button', { name: 'Run: Which matrices, for the same number of weights?' });
  expect(await run.getAttribute('aria-disabled')).toBe('true');
  await undo();
  await page.getByRole('combobox', { name: 'Dataset' }).getByText('Places').waitFor();
  expect(await run.getAttribute('aria-disabled')).not.toBe('true');
});

// Regression: it kept showing the old name, and once it was deleted, each of its buttons failed.
test('the page of an evaluation tells that its dataset, or it itself, is deleted in another window', async () => {
  await openPlace(page, paths.evaluations());
  await page.getByRole('link', { name: 'Places' }).first().click();
  const title = page.getByRole('heading', { level: 1 });
  await title.getByText('Places, test').waitFor();
  const address = page.url();
  const undo = await deleteElsewhere(paths.datasets(), 'Places');
  await page.getByText('dataset deleted', { exact: true }).waitFor();
  await title.getByText('Places, test').waitFor();
  await undo();
  await page.getByText('dataset deleted', { exact: true }).waitFor({ state: 'detached' });
  await openPlace(other, address);
  await other.getByRole('button', { name: 'Save and delete' }).click();
  await other.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByText('Evaluation not found').waitFor();
  await other.getByRole('button', { name: 'Undo' }).last().click();
  await title.getByText('Places, test').waitFor();
  await page.getByRole('searchbox').waitFor();
});

// Regression: going back to what had been deleted showed an error with a code under an empty title.
test('the address of what is gone says so, and leads to the list', async () => {
  for (const [href, says, leads] of [
    [paths.run('gone'), 'Run not found', 'Go to Train'],
    [paths.evaluation('gone'), 'Evaluation not found', 'Go to Evaluate'],
    [paths.blindVote('gone'), 'Evaluation not found', 'Go to Evaluate'],
    [paths.answeredTable('gone'), 'Answered table not found', 'Go to Answered tables'],
    [paths.experiment('gone'), 'Experiment not found', 'Go to Lab'],
    [paths.adapter('gone'), 'Adapter not found', 'Go to Adapters'],
    [paths.dataset('gone'), 'Dataset not found', 'Go to Datasets'],
  ] as const) {
    await openPlace(page, href);
    await page.getByText(says, { exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).not.toBe('');
    await page.getByRole('link', { name: leads, exact: true }).click();
    await page.getByText(says, { exact: true }).waitFor({ state: 'detached' });
  }
});

const start = () => page.getByRole('button', { name: 'Start', exact: true });

async function choose(field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option }).click();
}

/** Deletes it in the other window's list, and returns a function that undoes that there. */
async function deleteElsewhere(list: string, name: string): Promise<() => Promise<void>> {
  await openPlace(other, list);
  const more = other.getByRole('button', { name: new RegExp(`^More.* for ${name}$`) });
  await more.click();
  await other.getByRole('menuitem', { name: 'Delete' }).click();
  await more.waitFor({ state: 'detached' });
  // A notice stays while the pointer is on it, however long the rest takes.
  const undo = other.getByRole('button', { name: 'Undo' }).last();
  await undo.hover();
  return async () => {
    await undo.click();
    await more.waitFor();
  };
}
