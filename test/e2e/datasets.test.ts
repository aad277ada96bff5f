// A dataset from its file to its export, in Korean and without a mouse: import, findings with a fix that is undone,
// search, filter, an edited row, versions. Then a database is attached, replaced and detached, and corrected rows are
// added.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { ko } from '../../src-renderer/i18n/ko.ts';
import { paths } from '../../src-renderer/paths.ts';
import { Keyboard } from '../browser/keyboard.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';
import { writeSqliteFile } from '../fixtures/sqlite-file.ts';

const opened = openStudioForTests();
const inFolder = (name: string) => path.join(opened.folder, name);
let page: Page;
let keyboard: Keyboard;

beforeAll(async () => {
  ({ page } = opened);
  keyboard = new Keyboard(page);
  const rows = Array.from({ length: 20 }, (_, row) => [
    `shop,seller(id int),몇 번째 사람이 ${row}번 가게에 있나?,SELECT name FROM seller WHERE id = ${row}`,
    `zoo,animal(id int),다리가 ${row}개인 동물은?,SELECT kind FROM ${row === 3 ? 'beast' : 'animal'} WHERE ${row === 4 ? 'leg' : 'legs'} = ${row}`,
  ]).flat();
  const [first = ''] = rows;
  writeFileSync(
    inFolder('questions.csv'),
    ['db_id,schema,question,sql', ...rows, first, 'zoo,animal(id int),빈 답,'].join('\n'),
  );
  writeFileSync(
    inFolder('mended.csv'),
    'db_id,schema,question,sql\nzoo,animal(id int),고친 답,SELECT kind FROM animal\n',
  );
  writeSqliteFile(inFolder('shop.sqlite'), 'CREATE TABLE seller (id INTEGER PRIMARY KEY, name TEXT);');
  writeSqliteFile(inFolder('zoo.sqlite'), 'CREATE TABLE animal (id INTEGER PRIMARY KEY, kind TEXT, legs INTEGER);');
  await page.evaluate(() => localStorage.setItem('studio.locale', 'ko'));
  await page.reload();
});

// Regression: a reload led back to the choice of a file without a word.
test('a file that a reload has closed is named until another page was seen, and decided on as before', async () => {
  await page.evaluate((hash) => (location.hash = hash), paths.importDataset());
  await page.getByText(words('import.choose.title')).waitFor();
  await page.locator('input[type=file]').first().setInputFiles(inFolder('questions.csv'));
  await button(words('import.rows', { n: 41 })).waitFor();
  const name = page.getByRole('textbox', { name: words('import.name') });
  await name.fill('나의 질문');
  await page.reload();
  await page.getByText(words('import.lost', { name: 'questions.csv' })).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.locator('input[type=file]').first().setInputFiles(inFolder('questions.csv'));
  await button(words('import.rows', { n: 41 })).waitFor();
  expect(await name.inputValue()).toBe('나의 질문');
  await page.reload();
  await page.getByText(words('import.lost', { name: 'questions.csv' })).waitFor();
  await page.evaluate((hash) => (location.hash = hash), paths.datasets());
  await page.getByRole('heading', { level: 1, name: words('datasets.title'), exact: true }).waitFor();
  await page.evaluate((hash) => (location.hash = hash), paths.importDataset());
  await page.getByText(words('import.choose.title')).waitFor();
  expect(await page.getByText(words('import.lost', { name: 'questions.csv' })).count()).toBe(0);
});

test('a file is imported', async () => {
  // Long before the key: the browser takes a while to hand its file chooser over to the test.
  const chooser = page.waitForEvent('filechooser');
  await keyboard.press('g', 'd');
  // The page before it has such a button too.
  await page.getByRole('heading', { level: 1, name: words('datasets.title'), exact: true }).waitFor();
  await keyboard.tabTo(button(words('ui.chooseFile')));
  await keyboard.press('Enter');
  await (await chooser).setFiles(inFolder('questions.csv'));
  await keyboard.tabTo(button(words('import.rows', { n: 41 })));
  await keyboard.press('Enter');
  await page.getByText(words('import.done', { name: 'questions', n: 41 })).waitFor();
  await keyboard.tabTo(page.getByRole('link', { name: words('import.done.look') }));
  await keyboard.press('Enter');
  await grid(words('dataset.tab.rows')).waitFor();
  await keyboard.somewhere();
});

test('few rows are checked automatically; a finding is fixed, and the fix undone', async () => {
  await toTab(words('mend.tab.findings'));
  const finding = page.getByRole('button', { name: new RegExp(words('finding.DUPLICATE_ROW')) });
  await keyboard.tabTo(finding);
  await keyboard.press('Enter');
  await keyboard.tabTo(button(words('mend.remedy.delete', { n: 1 })).first());
  await keyboard.press('Enter');
  await page
    .getByText(words('ui.rows', { n: 40 }))
    .first()
    .waitFor();
  await finding.waitFor({ state: 'detached' });
  await keyboard.somewhere();
  await keyboard.press('Control+Z');
  await page
    .getByText(words('ui.rows', { n: 41 }))
    .first()
    .waitFor();
  await keyboard.somewhere();
  expect(await seriousViolations(page)).toEqual([]);
});

test('rows are searched and filtered, and a row is edited', async () => {
  await toTab(words('dataset.tab.rows'));
  await keyboard.press('/');
  await page.keyboard.type('가게에');
  await page.getByText(words('dataset.shownOf', { shown: 21, total: 41 })).waitFor();
  // That of the splits: the verdicts above have radio buttons of their own.
  const splits = page.getByRole('radiogroup', { name: words('dataset.column.split') });
  await keyboard.tabTo(splits.getByRole('radio', { checked: true }));
  await keyboard.press('ArrowDown');
  await splits.getByRole('radio', { name: new RegExp(`^${words('split.train')}`), checked: true }).waitFor();
  await keyboard.somewhere();
  await keyboard.tabTo(grid(words('dataset.tab.rows')));
  await keyboard.press('ArrowDown', 'F2');
  await page
    .getByRole('textbox', { name: words('field.sql') })
    .and(page.locator(':focus'))
    .waitFor();
  await keyboard.press('Control+A');
  await page.keyboard.type('SELECT 1');
  await keyboard.press('Enter');
  await page
    .getByText(words('dataset.version', { version: 4 }))
    .first()
    .waitFor();
  await keyboard.somewhere();
});

// Regression: a key pressed in between, such as the one for the search box, did nothing.
test('a tab is the chosen one with its content, and not before it', async () => {
  const next = page.getByRole('tab', { name: words('mend.tab.findings') });
  const panelOfChosen = await next.evaluate(async (tab: HTMLElement) => {
    tab.click();
    // Only what follows from the click itself; navigation happens in its own task.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    const chosen = document.querySelector('[role=tab][aria-selected=true]')?.id;
    return document.querySelector(`[role=tabpanel][aria-labelledby="${chosen}"]:not([hidden])`) !== null;
  });
  expect(panelOfChosen).toBe(true);
  await next.and(page.getByRole('tab', { selected: true })).waitFor();
});

// Regression: the filters left the rows a few letters wide, and the column names overlapped.
test('in a narrow window the filters are opened over the rows, and lengths take digits alone', async () => {
  await page.setViewportSize({ width: 760, height: 700 });
  await toTab(words('dataset.tab.rows'));
  const longest = page.getByRole('textbox', { name: `${words('mend.length.target')}, ${words('mend.length.max')}` });
  await expect.poll(() => longest.count()).toBe(0);
  const names = await page
    .getByRole('columnheader')
    .evaluateAll((cells) => cells.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
  expect(names).toEqual(names.map(() => 0));
  await keyboard.tabTo(button(words('dataset.filters')));
  await keyboard.press('Enter');
  await keyboard.tabTo(longest);
  await page.keyboard.type('8개');
  expect(await longest.inputValue()).toBe('8');
  await keyboard.press('Enter');
  await page.getByText(words('dataset.shownOf', { shown: 1, total: 41 })).waitFor();
  await page.keyboard.press('Control+A');
  await keyboard.press('Backspace', 'Enter');
  await page.getByText(words('dataset.shownOf', { shown: 1, total: 41 })).waitFor({ state: 'hidden' });
  // Regression: the boxes swallowed the key.
  await keyboard.press('Escape');
  await longest.waitFor({ state: 'detached' });
  await keyboard.somewhere();
  await page.setViewportSize({ width: 1360, height: 860 });
  await keyboard.somewhere();
});

// Regression: all of it was selected, and the next key replaced it.
test('what was typed into a row to be added is there when its window opens again, and a key adds to it', async () => {
  const field = page.getByRole('dialog').getByRole('textbox').first();
  await keyboard.tabTo(button(words('mend.add')));
  await keyboard.press('Enter');
  await field.and(page.locator(':focus')).waitFor();
  await page.keyboard.type('seller');
  await keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  await keyboard.press('Enter');
  await field.and(page.locator(':focus')).waitFor();
  await page.keyboard.type('s');
  expect((await field.inputValue()).length).toBe('sellers'.length);
  await keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  await keyboard.somewhere();
});

test('an earlier version is restored', async () => {
  await toTab(words('mend.tab.versions'));
  await keyboard.tabTo(grid(words('mend.tab.versions')));
  await keyboard.press('End');
  await keyboard.tabTo(button(words('version.bringBack')));
  await keyboard.press('Enter');
  await page
    .getByText(words('dataset.version', { version: 5 }))
    .first()
    .waitFor();
  await keyboard.somewhere();
});

test('all rows are exported as CSV with a byte order mark and as JSON Lines', async () => {
  const table = page.waitForEvent('download');
  await keyboard.tabTo(button(words('ui.more')));
  await keyboard.press('Enter');
  await keyboard.arrowTo(page.getByRole('menuitem', { name: words('dataset.export.csv') }));
  await keyboard.press('Enter');
  expect(readFileSync(await (await table).path(), 'utf8')).toMatch(/^\uFEFFcontext,target,group,split\r\n/);
  const download = page.waitForEvent('download');
  await keyboard.tabTo(button(words('ui.more')));
  await keyboard.press('Enter');
  await keyboard.arrowTo(page.getByRole('menuitem', { name: words('dataset.export.jsonl') }));
  await keyboard.press('Enter');
  const lines = readFileSync(await (await download).path(), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(41);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ target: 'SELECT name FROM seller WHERE id = 0' });
});

test('databases are attached to an existing dataset, and its queries are checked on them', async () => {
  await toTab(words('mend.tab.findings'));
  const link = page.getByRole('link', { name: words('mend.findings.attach') });
  await keyboard.tabTo(link);
  await keyboard.press('Enter');
  const section = page.getByRole('region', { name: words('dataset.about.database') });
  await section.getByText(words('dataset.about.database.no')).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await keyboard.tabTo(section.getByRole('button', { name: words('database.attach'), disabled: false }));
  await keyboard.press('Enter');
  await (await chooser).setFiles([inFolder('shop.sqlite'), inFolder('zoo.sqlite')]);
  await page.getByText(words('database.attached.texts')).waitFor();
  await section.getByText('zoo', { exact: true }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await toTab(words('mend.tab.findings'));
  // The missing table was found without a database; the column is only found with one.
  await page.getByRole('button', { name: new RegExp(`${words('finding.SQL_UNKNOWN_NAME')}\\s*2`) }).waitFor();
  await toTab(words('dataset.tab.rows'));
  await keyboard.tabTo(grid(words('dataset.tab.rows')));
  await keyboard.press('Home');
  const schema = page.getByRole('textbox', { name: words('field.schema') });
  await expect.poll(() => schema.inputValue()).toBe('seller(id integer pk, name text)');
});

test('a folder of databases is attached as a whole', async () => {
  for (const name of ['shop', 'zoo']) {
    mkdirSync(inFolder(`database/${name}`), { recursive: true });
    copyFileSync(inFolder(`${name}.sqlite`), inFolder(`database/${name}/${name}.sqlite`));
  }
  writeFileSync(inFolder('database/tables.json'), '[]');
  await toTab(words('dataset.tab.about'));
  const section = page.getByRole('region', { name: words('dataset.about.database') });
  await keyboard.tabTo(section.getByRole('button', { name: words('database.detach'), disabled: false }));
  await keyboard.press('Enter');
  await section.getByText(words('dataset.about.database.no')).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await keyboard.tabTo(section.getByRole('button', { name: words('ui.chooseFolder') }));
  await keyboard.press('Enter');
  await (await chooser).setFiles(inFolder('database'));
  await section.getByText('zoo', { exact: true }).waitFor();
  await section.getByText('shop', { exact: true }).waitFor();
  await page.getByText(words('database.attached')).last().waitFor();
});

test('databases are detached, restored by undo, and replaced', async () => {
  await toTab(words('dataset.tab.about'));
  // Earlier notices have an Undo as well. A notice may also end by itself.
  const dismiss = button(words('ui.dismiss'));
  while ((await dismiss.count()) > 0) {
    await dismiss.evaluateAll((all) => {
      for (const each of all) if (each instanceof HTMLElement) each.click();
    });
  }
  const section = page.getByRole('region', { name: words('dataset.about.database') });
  await keyboard.tabTo(section.getByRole('button', { name: words('database.detach'), disabled: false }));
  await keyboard.press('Enter');
  await section.getByText(words('dataset.about.database.no')).waitFor();
  await page.getByText(words('database.detached')).waitFor();
  await keyboard.somewhere();
  await keyboard.tabTo(button(words('ui.undo')).last());
  await keyboard.press('Enter');
  await section.getByText('zoo', { exact: true }).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await keyboard.tabTo(section.getByRole('button', { name: words('database.replace'), disabled: false }));
  await keyboard.press('Enter');
  await (await chooser).setFiles(inFolder('shop.sqlite'));
  await section.getByText('zoo', { exact: true }).waitFor({ state: 'detached' });
  await section.getByText('shop', { exact: true }).waitFor();
  await section.getByText(words('database.others', { n: 20 })).waitFor();
});

test('corrected rows are added to the dataset, and the addition is undone', async () => {
  await toTab(new RegExp(words('dataset.tab.rejected')));
  const chooser = page.waitForEvent('filechooser');
  await keyboard.tabTo(button(words('dataset.rejected.add')));
  await keyboard.press('Enter');
  await (await chooser).setFiles(inFolder('mended.csv'));
  await page.getByText(words('dataset.rejected.added', { n: 1 })).waitFor();
  await page
    .getByText(words('ui.rows', { n: 42 }))
    .first()
    .waitFor();
  await keyboard.tabTo(button(words('ui.undo')).last());
  await keyboard.press('Enter');
  await page
    .getByText(words('ui.rows', { n: 41 }))
    .first()
    .waitFor();
  await keyboard.somewhere();
});

// Regression: the page and its notice both undid: neither of two deletions was left.
test('of two deletions one Ctrl+Z takes the second back', async () => {
  await toTab(words('dataset.tab.rows'));
  const head = page.getByRole('main').locator('header');
  const version = async () => Number(/v(\d+)/.exec(await head.innerText())?.[1]);
  const before = await version();
  const notices = page
    .getByRole('status')
    .getByText(new RegExp(words('mend.row.removed', { n: 0 }).replace('0', '\\d+')));
  for (const [place, left] of [40, 39].entries()) {
    const row = page.getByRole('row').nth(2);
    const removed = await row.innerText();
    await row.click();
    await button(words('mend.row.remove')).click();
    await page
      .getByText(words('ui.rows', { n: left }))
      .first()
      .waitFor();
    // The studio announces the rows first; the notice, to which the key applies, comes with the response.
    await notices.nth(place).waitFor();
    await expect.poll(() => row.innerText()).not.toBe(removed);
  }
  await keyboard.press('Control+Z');
  await page
    .getByText(words('ui.rows', { n: 40 }))
    .first()
    .waitFor();
  // Two more versions from the deletions, one from the undo.
  expect(await version()).toBe(before + 3);
});

test('a file that is not a table is rejected with what it is', async () => {
  await page.goto(`${opened.studio.url.split('#')[0]}${paths.importDataset()}`);
  const chooser = page.waitForEvent('filechooser');
  await keyboard.tabTo(button(words('ui.chooseFile')));
  await keyboard.press('Enter');
  await (await chooser).setFiles(inFolder('zoo.sqlite'));
  await page.getByText('SQLite 데이터베이스로 보입니다.').waitFor();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const grid = (name: string) => page.getByRole('grid', { name, exact: true });

/** By the arrow keys between the page's tabs, as keyboard users do. */
async function toTab(name: string | RegExp): Promise<void> {
  const wanted = page.getByRole('tab', typeof name === 'string' ? { name: new RegExp(`^${name}`) } : { name }).first();
  await keyboard.tabTo(page.getByRole('tab', { selected: true }));
  const count = await page.getByRole('tab').count();
  for (let step = 0; step < count; step++) {
    if (await wanted.evaluate((tab) => tab === document.activeElement)) break;
    await keyboard.press('ArrowRight');
  }
  await keyboard.press('Enter');
  await wanted.and(page.getByRole('tab', { selected: true })).waitFor();
}

/** A text of the interface, in Korean. */
function words(key: keyof typeof ko, values: Record<string, string | number> = {}): string {
  const message = ko[key];
  const text = typeof message === 'string' ? message : message.other;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
