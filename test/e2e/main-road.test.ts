// The main workflow as a person does it, in a real browser and from an empty data folder: a table becomes an adapter,
// two adapters answer in one conversation, and an evaluation tells what they are worth. Each test continues where the
// previous one ended. The starter model is really trained, for a few steps only: nothing here depends on how well it
// learns.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { studioPages } from '../browser/studio-pages.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const sample = path.join(import.meta.dirname, '../../resources/samples/generated-mrc.csv');
const opened = openStudioForTests();
const table = path.join(opened.folder, 'towns.csv');
let page: Page;
/** First and last digits of each adapter's hash, as the list of adapters shows them. */
const fingerprints = new Map<string, string>();

beforeAll(() => {
  ({ page } = opened);
  const [header, ...lines] = readFileSync(sample, 'utf8').trimEnd().split('\n');
  // A passage of several paragraphs spans several lines; those are not needed here.
  const rows = lines.filter((line) => line.startsWith('mrc-') && !line.includes('"'));
  const unusable = ['bad-1,Kiso has a mayor.,,Anna,bad', 'bad-2,Kiso has a mayor.,Who is the mayor?,,bad'];
  writeFileSync(table, [header, ...rows.slice(0, 4), ...unusable, ...rows.slice(4, 80)].join('\n'));
});

test('importing a table with the file chooser says which rows are left out and why', async () => {
  await choose(table);
  await see('2 left out');
  await button('Import 80 rows').click();
  await see('Imported 80 rows into “towns”.');
  await see('2 rows were left out');
  await accessible();

  await link('See why').click();
  await see('A cell of the context is empty');
  await see('The target is empty');
  await page.getByRole('tab', { name: 'Rows' }).click();
  await page.getByText('Who is the mayor of Daegu?').click();
  const passage = page.getByRole('group', { name: 'Context' }).getByRole('textbox').first();
  await passage.waitFor();
  const texts = await page.getByRole('group', { name: 'Context' }).getByRole('textbox').all();
  const values = await Promise.all(texts.map((text) => text.inputValue()));
  expect(values.join('\n')).toContain('Daegu has Ivan Brown as its mayor');
  await accessible();
});

// Regression: back on the page of the import there was an empty form, as if nothing had been imported.
test('what an import came to is there again after going back, and after a reload', async () => {
  await page.goBack();
  await see('Imported 80 rows into “towns”.');
  await page.reload();
  await see('2 rows were left out');
  await link('Look at the rows').click();
  await page.getByRole('tab', { name: 'About' }).click();
  await link('What the import came to').click();
  await see('2 rows were left out');
});

test('a run can be watched, survives a reload with its whole history, and keeps an adapter when stopped', async () => {
  await link('Train with this').click();
  await page
    .getByRole('region', { name: /it learns to write/ })
    .getByText(/^Who is the mayor of/)
    .waitFor();
  await page.getByText('Quick', { exact: true }).click();
  await setSteps('3000');
  // Slow steps: on a fast machine the log, which shows the last 500 lines, would soon have lost the first.
  const rowsAStep = page.getByLabel('Rows per step');
  await rowsAStep.fill('64');
  await rowsAStep.blur();
  await accessible();
  await button('Start').click();
  await see(/Step ([2-9]|\d{2,})\s+of 3,000/);
  await see('Tokens per second');
  await see(/left$/);
  await accessible();

  await page.reload();
  await see(/Step \d+\s+of 3,000/);
  await fold('Log').click();
  const log = page.getByRole('log', { name: 'Log' });
  await log.getByText(/^step 1\s+loss/).waitFor();
  await log.getByText(/^step 2\s+loss/).waitFor();
  await page.locator('main canvas').first().waitFor();

  // Before the first adapter is there, the chat says that it is on its way.
  await page.getByRole('navigation').getByRole('link', { name: 'Chat' }).click();
  await see(/is being trained\. You can ask it here/);
  await link('Watch it').click();

  await button('Stop').click();
  await see(/What it has learned so far is kept as the adapter/);
  await fold('Hashes').click();
  await see('unchanged');
  await accessible();

  // Regression: it stood there as one that was trained to its end.
  await page.getByRole('navigation').getByRole('link', { name: 'Home' }).click();
  await see(/^Stopped, loss/);
});

test('a sample becomes a second adapter in a few clicks and steps', async () => {
  await open(paths.importDataset());
  await page.getByRole('button', { name: /Questions to small tables/ }).click();
  await page.getByRole('button', { name: /^Import 400 rows/ }).click();
  await see('Imported 400 rows');
  await link('Train with this').click();
  await page.getByLabel('Adapter name').fill('sql');
  await setSteps('4');
  await button('Start').click();
  await see(/is ready\. The base model is as it was\./);
});

test('both adapters are in the list, each with a fingerprint', async () => {
  await place('Adapters').click();
  for (const name of ['towns answers', 'sql']) {
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name, exact: true }) })
      .first();
    const text = (await row.innerText()).match(/[0-9a-f]{4}·[0-9a-f]{4}/)?.[0];
    expect(text).toBeDefined();
    fingerprints.set(name, text ?? '');
  }
  expect(new Set(fingerprints.values()).size).toBe(2);
  await accessible();
  await link('sql').first().click();
  await button('Verify').click();
  await see('The base model is unchanged');
  await accessible();
});

test('the chosen chip answers next in a conversation, under its name and fingerprint', async () => {
  await place('Chat').click();
  await chip('towns answers').click();
  await page.getByRole('main').getByRole('listitem').getByRole('button').first().click();
  const first = await expectAnswer('towns answers');
  await first.getByText(/^(The row’s target:|Same as the row’s target)/).waitFor();

  await chip('Base').click();
  await box().fill('The town of Sol has');
  await expectAnswer('Base');
  await see('Switched from towns answers to Base');

  await chip('sql').click();
  await button('Pick a test row').click();
  await page.getByRole('dialog').getByRole('listitem').getByRole('button').first().click();
  await see('The model sees the names of tables and columns, never their rows.');
  const answer = await expectAnswer('sql');
  await answer.getByRole('button', { name: 'Run it' }).click();
  await answer
    .getByRole('status')
    .getByText(/^(Ran:|Does not run)/)
    .first()
    .waitFor();
  await accessible();
});

test('stopping keeps the partial answer, and another message can be sent', async () => {
  await chip('Base').click();
  // What repeats keeps repeating: an answer long enough to be stopped midway.
  await box().fill('red green blue grey '.repeat(12).trim());
  const known = await page.getByRole('article').count();
  // From inside the page, at the first words: a fast machine is far ahead by the time a click from outside arrives.
  const stopped = page.evaluate((place) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const observer = new MutationObserver(() => {
      const stop = [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === 'Stop');
      const answer = document.querySelectorAll('article')[place]?.querySelector('.answer, pre');
      // A few words: the first token may be a space, which would leave nothing to see.
      if (!stop || (answer?.textContent?.trim().length ?? 0) < 8) return;
      observer.disconnect();
      stop.click();
      resolve();
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    return promise;
  }, known);
  await button('Send').click();
  await stopped;
  const answer = page.getByRole('article').nth(known);
  await answer.getByText('Stopped', { exact: false }).first().waitFor();
  await button('Send').waitFor();
  // The stored answer replaces the streamed one: the element may be a new one whose words are not drawn yet.
  await expect
    .poll(async () => (await answer.locator('.answer, pre').first().innerText()).trim(), { timeout: 10_000 })
    .not.toBe('');
});

test('an answer is copied, and regenerated by the adapter chosen now', async () => {
  await chip('sql').click();
  await page.getByRole('article').last().getByRole('button', { name: 'Answer with sql' }).click();
  await page.getByRole('article', { name: 'sql' }).nth(1).waitFor();
  const last = page.getByRole('article').last();
  await finished(last);
  await last.getByRole('button', { name: 'Copy the answer' }).click();
  await last.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).not.toBe('');

  await chip('towns answers').click();
  await last.getByRole('button', { name: 'Answer with towns answers' }).click();
  await page.getByRole('article', { name: 'sql' }).nth(1).waitFor({ state: 'detached' });
  await finished(page.getByRole('article').last());
  expect(await page.getByRole('article').last().getAttribute('aria-label')).toBe('towns answers');
});

test('the conversation survives a reload, with who gave which answer', async () => {
  const before = await page.getByRole('article').count();
  await page.reload();
  await page
    .getByRole('article')
    .nth(before - 1)
    .waitFor();
  const named = await page.getByRole('article').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  expect(named).toEqual(['towns answers', 'Base', 'sql', 'towns answers']);
});

test('an evaluation on unseen rows compares the adapter with the base', async () => {
  const conversation = await page.getByRole('log').elementHandle();
  await place('Adapters').click();
  // A browser may fire the last scroll event after the page has been left.
  await conversation?.waitForElementState('hidden');
  await conversation?.evaluate((left) => left.dispatchEvent(new Event('scroll')));
  await link('towns answers').first().click();
  await link('Evaluate').click();
  await page.getByLabel('Maximum rows').fill('4');
  await see(/^Gives\s+4 rows\s+to 2 models/);
  await accessible();
  await button('Evaluate').click();
  await page.getByRole('table').first().waitFor();
  await accessible();

  await see(/4 rows/);
  await place('Adapters').click();
  await link('towns answers').first().click();
  await see('the first 4 of 4 test rows');
  await accessible();
});

test('every page is accessible in both themes, and opens in Korean', async () => {
  for (const theme of ['Dark', 'Light']) {
    await open(paths.settings());
    await page.getByText(theme, { exact: true }).click();
    for (const href of Object.values(studioPages)) {
      await open(href);
      await accessible();
    }
  }
  await open(paths.settings());
  await page.getByText('한국어').click();
  for (const href of Object.values(studioPages)) await open(href);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('ko');
});

async function choose(file: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button('Choose a file').click()]);
  await chooser.setFiles(file);
}

const open = (href: string) => openPlace(page, href);

async function setSteps(steps: string): Promise<void> {
  await fold('Data').click();
  const field = page.getByLabel('Maximum steps');
  await field.fill(steps);
  await field.blur();
}

/** Sends what is in the box, and returns the finished answer, which must have this name and the right fingerprint. */
async function expectAnswer(name: string): Promise<Locator> {
  const before = await page.getByRole('article').count();
  await button('Send').click();
  const answer = page.getByRole('article').nth(before);
  await finished(answer);
  expect(await answer.getAttribute('aria-label')).toBe(name);
  expect((await answer.innerText()).match(/[0-9a-f]{4}·[0-9a-f]{4}/)?.[0]).toBe(fingerprints.get(name));
  return answer;
}

async function finished(answer: Locator): Promise<void> {
  await answer.getByText(/first after/).waitFor();
}

async function accessible(): Promise<void> {
  expect(await seriousViolations(page)).toEqual([]);
}

async function see(text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

function button(name: string): Locator {
  return page.getByRole('button', { name, exact: true });
}

function link(name: string): Locator {
  return page.getByRole('main').getByRole('link', { name, exact: true });
}

function place(name: string): Locator {
  return page.getByRole('navigation').getByRole('link', { name: new RegExp(`^${name}`) });
}

function box(): Locator {
  return page.getByRole('textbox', { name: 'Message', exact: true });
}

function chip(name: string): Locator {
  return page.getByRole('radiogroup', { name: 'Who answers next' }).getByRole('radio', { name, exact: true });
}

function fold(name: string): Locator {
  return page.getByRole('button', { name: new RegExp(`^${name}\\b`), expanded: false });
}
