// Rows that are edited while their list changes: under a search and a filter, far down a long table, and with a second
// window on the same dataset. Typed text is read back from the table itself.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { listen } from '../browser/read-aloud.ts';

const opened = openStudioForTests({
  before: ({ command, folder }) => {
    const file = path.join(folder, 'letters.csv');
    const rows = Array.from(
      { length: 260 },
      (_, row) => `${row % 20 === 5 ? 'pear' : 'apple'} ${row + 1},answer ${row + 1}`,
    );
    writeFileSync(file, ['context,target', ...rows].join('\n'));
    command('import', file, '--task', 'custom', '--name', 'Letters');
    const broken = path.join(folder, 'broken.csv');
    writeFileSync(broken, 'context,target\n"first\r\nlines","one\r\ntwo"\n"second\r\nlines",three\n');
    command('import', broken, '--task', 'custom', '--name', 'Broken lines');
    const hebrew = path.join(folder, 'hebrew.csv');
    writeFileSync(hebrew, 'context,target\nמה קרה ב-1960?,In 1960\n');
    command('import', hebrew, '--task', 'custom', '--name', 'Hebrew');
  },
});
let page: Page;
let other: Page;

beforeAll(async () => {
  ({ page } = opened);
  await open(page);
  other = await page.context().newPage();
  await other.goto(page.url());
  await grid(other).waitFor();
});

// Regression: after a pause, a blank at the end of what was typed was taken out of the box: `pear26` found nothing.
test('a search goes on after a pause between two words', async () => {
  const box = page.getByRole('searchbox');
  await box.pressSequentially('pear ');
  await page.getByText('13 of 260 rows').waitFor();
  await box.pressSequentially('26');
  await page.getByText('1 of 260 rows', { exact: true }).waitFor();
  expect(await box.inputValue()).toBe('pear 26');
});

// Regression: the next row in the list took its place, and the typed text.
test('a row that a search finds no more stays open, and what is typed next is its own', async () => {
  await page.getByRole('searchbox').fill('pear');
  await page.getByText('13 of 260 rows').waitFor();
  await row('pear 6').click();
  await text('Context').fill('plum 6');
  await text('Context').press('Tab');
  await page.keyboard.type('new ');
  await page.getByText('12 of 260 rows').waitFor();
  await page.keyboard.type('words');
  await text('Note').focus();
  await shows('Row 6');
  await page.getByRole('searchbox').fill('');
  await row('plum 6').getByText('new words', { exact: false }).waitFor();
  await row('pear 26').getByText('answer 26').waitFor();
});

test('a row stays open when its split is changed under a split filter', async () => {
  const splits = page.getByRole('radiogroup', { name: 'Split' });
  await splits.getByRole('radio', { name: /^Train/ }).click();
  await page.getByText(/of 260 rows/).waitFor();
  const first = page.getByRole('row').nth(1);
  await first.click();
  const name = await page.getByText(/^Row \d+$/).innerText();
  await inspector().getByRole('combobox', { name: 'Split' }).click();
  await page.getByRole('option', { name: 'Validation' }).click();
  await inspector().getByRole('combobox', { name: 'Split' }).getByText('Validation').waitFor();
  await shows(name);
  await splits.getByRole('radio', { name: /^All/ }).click();
  await row('plum 6').waitFor();
});

// Regression: it was saved to the next row.
test('what is typed while another window deletes a row before it is kept in its own', async () => {
  await row('apple 8').click();
  await text('Target').press('End');
  await page.keyboard.type(' of');
  await remove(other, 'apple 1');
  await page.getByText('259 rows', { exact: true }).first().waitFor();
  await page.keyboard.type(' eight');
  await text('Note').focus();
  await page.keyboard.type('mine');
  await remove(other, 'apple 2');
  await page.getByText('258 rows', { exact: true }).first().waitFor();
  await text('Target').focus();
  await shows('Row 8');
  await row('apple 8').getByText('answer 8 of eight').waitFor();
  await row('apple 8').getByTitle('mine').waitFor();
  await row('apple 9').getByText('answer 9', { exact: true }).waitFor();
});

// Regression: it disappeared with a notice.
test('what is typed for a row that another window has deleted is kept on screen, to be copied', async () => {
  await row('apple 10').click();
  await text('Target').press('End');
  await page.keyboard.type(' of ten');
  await remove(other, 'apple 10');
  await page.getByText('257 rows', { exact: true }).first().waitFor();
  const gone = page.getByRole('dialog');
  await gone.getByText('Row 10, Target: deleted in another window').waitFor();
  expect(await gone.getByLabel('What you typed').inputValue()).toBe('answer 10 of ten');
  // Regression: closed by Escape, it was discarded like a choice between two texts, without an offer to undo.
  for (const discard of [
    () => gone.getByRole('button', { name: 'Discard it' }).click(),
    () => page.keyboard.press('Escape'),
  ]) {
    await discard();
    await gone.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await gone.waitFor();
  }
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await gone.getByRole('button', { name: 'Copy' }).click();
  await gone.waitFor({ state: 'detached' });
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('answer 10 of ten');
  await row('apple 11').getByText('answer 11', { exact: true }).waitFor();
});

// Regression: the second one silently replaced the first.
test('of two windows that write in one row, the second is shown both texts and chooses', async () => {
  await row('apple 12').click();
  await row('apple 12', other).click();
  await text('Target').fill('from here');
  await text('Target', other).fill('from there');
  await text('Note').focus();
  await row('apple 12', other).getByText('from here').waitFor();
  await text('Note', other).focus();
  const choice = other.getByRole('dialog');
  await choice.getByText('Row 12, Target: changed in another window').waitFor();
  expect(await choice.getByLabel('What you typed').inputValue()).toBe('from there');
  expect(await choice.getByLabel('What is there now').inputValue()).toBe('from here');
  expect(await row('apple 12').getByText('from here').count()).toBe(1);
  // The choice survives a reload.
  await other.reload();
  await choice.getByRole('button', { name: 'Save what I typed' }).click();
  await row('apple 12').getByText('from there').waitFor();
});

// Regression: the rows were read from the first again: the box was gone, and the keys were taken for shortcuts.
test('far down a long table, what is typed next is kept as well', async () => {
  await grid(page).focus();
  await page.keyboard.press('End');
  await row('apple 260').waitFor();
  await row('apple 259').click();
  await text('Context').fill('apple 259!');
  await text('Context').press('Tab');
  await page.keyboard.type('g d delete ');
  await row('apple 259!').waitFor();
  await page.keyboard.type('nothing');
  await text('Note').focus();
  await row('apple 259!').getByText('g d delete nothing', { exact: false }).waitFor();
});

test('text typed in a cell edited in place stays in its row', async () => {
  await row('apple 257').getByText('apple 257').dblclick();
  await page.keyboard.type('!');
  await page.keyboard.press('Tab');
  await page.keyboard.type(' of');
  await remove(other, 'apple 3');
  await page.getByText('256 rows', { exact: true }).first().waitFor();
  await page.keyboard.type(' old');
  await page.keyboard.press('Enter');
  await row('apple 257!').getByText('answer 257 of old').waitFor();
  await row('apple 258').getByText('answer 258', { exact: true }).waitFor();
});

// Regression: nothing said so, and the row may be far from those in view.
test('undo and redo say what they brought back, by a Korean keyboard too', async () => {
  const heard = await listen(page);
  await row('apple 256').click();
  await row('apple 257!').getByText('answer 257 of old').waitFor();
  // As a Mac tells the keys of its Korean keyboard.
  const pressZ = (shiftKey: boolean) =>
    page.evaluate((shift) => {
      const key = { key: 'ㅋ', code: 'KeyZ', ctrlKey: true, shiftKey: shift, bubbles: true };
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', key));
    }, shiftKey);
  await pressZ(false);
  await expect.poll(async () => (await heard()).join()).toMatch(/Undone, back to version \d+/);
  await pressZ(true);
  await expect.poll(async () => (await heard()).join()).toMatch(/Redone, version \d+ again/);
  // Neither these keys nor those that edit and delete a row were in the list of them.
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Redo a change to the rows').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

// Regression: Escape, which gives up a syllable being composed, brought back the text from before.
test('Escape while a syllable is being composed leaves what was typed before it', async () => {
  await text('Context').focus();
  await page.keyboard.type('typed ');
  await page.evaluate(() => {
    const key = { key: 'Escape', isComposing: true, bubbles: true };
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', key));
  });
  expect(await page.evaluate(() => (document.activeElement as HTMLTextAreaElement).value)).toContain('typed ');
  await page.keyboard.press('Escape');
});

test('the palette opens while a text is being edited', async () => {
  await row('apple 255').getByText('answer 255').dblclick();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await row('apple 255').click();
  await text('Note').press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
});

// Regression: as soon as anything of the dataset was read again, the old name was back in the box.
test('a name that is being typed stays while another window changes a row', async () => {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const name = page.getByRole('dialog').getByRole('textbox');
  await name.fill('Let');
  await remove(other, 'apple 4');
  await page.getByText('255 rows', { exact: true }).first().waitFor();
  await page.keyboard.type('tuce');
  expect(await name.inputValue()).toBe('Lettuce');
  await page.keyboard.press('Escape');
  await other.getByRole('button', { name: 'Undo' }).last().click();
  await page.getByText('256 rows', { exact: true }).first().waitFor();
});

// Regression: the page stayed as it was, and each of its buttons failed.
test('a dataset that another window has deleted is told to be gone, until it is had back', async () => {
  await other.getByRole('button', { name: 'More actions' }).click();
  await other.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Go to Datasets' }).waitFor();
  await other.getByRole('button', { name: 'Undo' }).last().click();
  await grid(page).waitFor();
  await other.close();
});

test('an added row is opened and in view, with the search that hides it cleared', async () => {
  await grid(page).focus();
  await page.keyboard.press('Home');
  await page.getByRole('searchbox').fill('pear');
  await page.getByText('12 of 256 rows').waitFor();
  await page.getByRole('button', { name: 'Add row' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Context').fill('quince');
  await form.getByLabel('Target').fill('the last');
  // Regressions: only in the inspector, which says so, did these keys save a text; and pressed again before the studio
  // had answered, they added a second row.
  await form.getByLabel('Target').evaluate((box) => {
    const keys = { key: 'Enter', ctrlKey: true, bubbles: true };
    for (let press = 0; press < 2; press++) box.dispatchEvent(new KeyboardEvent('keydown', keys));
  });
  await page.getByRole('status').getByText('Row 261 added.').waitFor();
  await shows('Row 261');
  await row('quince').waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('');
});

// Regression: it deleted the row.
test('Delete on a choice beside the rows deletes none', async () => {
  await inspector().getByRole('combobox', { name: 'Split' }).focus();
  await page.keyboard.press('Delete');
  await grid(page).focus();
  await page.keyboard.press('Delete');
  await page.getByText('256 rows', { exact: true }).first().waitFor();
  await shows('Row 260');
});

// Regression: it said that the rows were being searched.
test('a pattern that is none is why words cannot be replaced', async () => {
  await page.getByRole('button', { name: 'Replace', exact: true }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Find').fill('(');
  await form.getByRole('checkbox', { name: 'Regular expression' }).click();
  const said = await form.getByRole('alert').innerText();
  const reason = await form.getByRole('button', { name: 'Replace', exact: true }).getAttribute('title');
  expect(said).toContain(reason);
  await page.keyboard.press('Escape');
});

// Regression: it was lost without a question.
test('what is being typed when the page is loaded anew is kept, and can be taken back', async () => {
  await row('apple 253').click();
  await text('Target').press('End');
  await page.keyboard.type(' and more');
  await page.reload();
  await page.getByRole('status').getByText('row 253 of “Letters”', { exact: false }).waitFor();
  await page.getByRole('searchbox').fill('253');
  await row('apple 253').getByText('answer 253 and more').waitFor();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await row('apple 253').getByText('answer 253', { exact: true }).waitFor();
  await row('apple 253').click();
  await text('Note').fill('seen');
  await page.reload();
  await page.getByRole('searchbox').fill('253');
  await row('apple 253').getByTitle('seen').waitFor();
  await row('apple 253').getByText('apple 253').dblclick();
  await page.keyboard.type('!');
  await page.reload();
  await page.getByRole('searchbox').fill('253');
  await row('apple 253!').waitFor();
});

test('reports the loss of typed text that is too long for browser storage at a reload', async () => {
  await page.getByRole('searchbox').fill('252');
  await row('apple 252').click();
  await text('Note').fill('x'.repeat(6_000_000));
  await page.reload();
  await page.getByRole('status').getByText('row 252 of “Letters” is lost', { exact: false }).waitFor();
  await page.getByRole('searchbox').fill('253');
  await row('apple 253!').waitFor();
});

test('text being typed is saved when going back to the previous page', async () => {
  await row('apple 253!').click();
  await text('Context').press('End');
  await page.keyboard.type('?');
  await page.goBack();
  await page.getByRole('link', { name: 'Letters' }).click();
  await page.getByRole('searchbox').fill('253');
  await row('apple 253!?').waitFor();
});

// Regression: submitted again before the studio had answered, the words were replaced a second time.
test('words are replaced once, however often that is asked for', async () => {
  await page.getByRole('button', { name: 'Replace', exact: true }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Find').fill('253');
  await form.getByLabel('Replace with').fill('253253');
  await form.getByRole('button', { name: 'Replace in 1 row' }).waitFor();
  await form.locator('form').evaluate((element: HTMLFormElement) => {
    element.requestSubmit();
    element.requestSubmit();
  });
  await form.waitFor({ state: 'detached' });
  await row('apple 253253!?').waitFor();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await row('apple 253!?').waitFor();
});

// Regression: it was lost without a question.
test('what is typed for a row to be added, and for words to be replaced, is there when the page was loaded anew', async () => {
  const form = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Add row' }).click();
  await form.getByLabel('Context').fill('medlar');
  await page.reload();
  await page.getByRole('button', { name: 'Add row' }).click();
  expect(await form.getByLabel('Context').inputValue()).toBe('medlar');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Replace', exact: true }).click();
  await form.getByLabel('Find').fill('apple');
  await form.getByRole('checkbox', { name: 'Target' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Replace', exact: true }).click();
  expect(await form.getByLabel('Find').inputValue()).toBe('apple');
  expect(await form.getByRole('checkbox', { name: 'Target' }).isChecked()).toBe(false);
  await page.keyboard.press('Escape');
});

// Regression: the two parts were side by side, a few letters wide each.
test('in a narrow window the versions stand above what is different in one', async () => {
  await page.setViewportSize({ width: 760, height: 700 });
  await page.getByRole('tab', { name: /^Versions/ }).click();
  const list = page.getByRole('grid', { name: 'Versions' });
  const cut = list.getByRole('row').first().getByTitle(/ · /);
  expect(await cut.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.setViewportSize({ width: 1360, height: 860 });
});

// Regression: each look at a text with \r\n saved it with other line endings, as a new version.
test('texts whose line ends no box knows are saved when they were changed, and keep them', async () => {
  await page.getByRole('link', { name: 'Datasets', exact: true }).first().click();
  await page.getByRole('link', { name: 'Broken lines' }).click();
  const first = page.getByRole('row').nth(1);
  await first.click();
  for (const key of ['Tab', 'Escape', 'Control+Enter']) {
    await text('Context').focus();
    await page.keyboard.press(key);
  }
  await first.getByText('first').dblclick();
  await page.keyboard.press('Tab');
  await page.keyboard.type('!');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await text('Target').press('Control+End');
  await page.keyboard.type(' and more');
  await text('Note').focus();
  await first.getByText('two and more', { exact: false }).waitFor();
  const out = path.join(opened.folder, 'broken-again.csv');
  opened.command('datasets', 'export', 'Broken lines', '--out', out);
  expect(readFileSync(out, 'utf8')).toContain('"first\r\nlines","one\r\ntwo and more"');
  await page.getByRole('tab', { name: /^Versions/ }).click();
  await expect.poll(() => page.getByRole('grid', { name: 'Versions' }).getByRole('row').count()).toBe(2);
});

// Regression: the question mark of a question in Hebrew stood before it, and a long one was cut at its beginning.
test('each text in the list runs in its own direction', async () => {
  await page.getByRole('link', { name: 'Datasets', exact: true }).first().click();
  await page.getByRole('link', { name: 'Hebrew' }).click();
  const directionOf = (name: RegExp) =>
    grid(page)
      .getByRole('gridcell', { name })
      .evaluate((cell) => getComputedStyle(cell).direction);
  expect(await directionOf(/1960\?$/)).toBe('rtl');
  expect(await directionOf(/^In 1960$/)).toBe('ltr');
});

const grid = (on: Page) => on.getByRole('grid', { name: 'Rows' });
const row = (context: string, on = page) =>
  on.getByRole('row').filter({ has: on.getByRole('gridcell', { name: context, exact: true }) });
const inspector = (on = page) => on.getByRole('region', { name: 'The row in full' });
const text = (name: string, on = page) => inspector(on).getByRole('textbox', { name: new RegExp(name) });
const shows = (name: string) => inspector().getByText(name, { exact: true }).waitFor();

async function open(on: Page): Promise<void> {
  await on.keyboard.press('g');
  await on.keyboard.press('d');
  await on.getByRole('link', { name: 'Letters' }).click();
  await grid(on).waitFor();
}

async function remove(on: Page, context: string): Promise<void> {
  await row(context, on).click();
  await on.getByRole('button', { name: 'Delete the row' }).click();
  await row(context, on).waitFor({ state: 'detached' });
}
