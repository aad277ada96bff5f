// What somebody does who has a chat saved on a phone: the file is chosen, whose answers are learnt is asked, the adapter
// is trained and answers in a conversation. Only the first turn tells what the third has to answer.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { chooseTable } from '../browser/choose-table.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const name = 'WhatsApp Chat with Anna.txt';
const opened = openStudioForTests();
let page: Page;

beforeAll(() => {
  ({ page } = opened);
  const lines = Array.from({ length: 60 }, (_, day) => {
    const colour = day % 2 ? 'red' : 'blue';
    return [
      ...[`Anna: I like ${colour}`, 'Tom: Good', 'Anna: Are you there, Tom?', 'Tom: Yes'],
      ...['Anna: <Media omitted>', 'Anna: What do I like?', `Tom: ${colour}`],
    ].map((message, minute) => `${1 + Math.floor(day / 30)}/${1 + (day % 30)}/24, 9:1${minute} AM - ${message}\n`);
  });
  const notice = '1/1/24, 9:09 AM - Messages and calls are end-to-end encrypted.\n';
  writeFileSync(path.join(opened.folder, name), notice + lines.flat().join(''));
});

test('a saved chat is read as conversations, and the page asks whose answers are learnt', async () => {
  await chooseTable(page, path.join(opened.folder, name));
  await page.getByText('Whose answers should it learn to write?').waitFor();
  await page.getByText('360 messages in 60 conversations, with 180 answers by “Tom”', { exact: false }).waitFor();
  await page.getByText('(notices, pictures, forwarded or empty ones): 61.', { exact: false }).waitFor();
  expect(await page.getByRole('radio', { name: 'Converse' }).getAttribute('aria-checked')).toBe('true');
  await page.getByRole('button', { name: 'Next row' }).click();
  const seen = page.getByRole('region', { name: 'What the model sees' });
  await seen.getByText(/^User: I like blue\s+Assistant: Good\s+User: Are you there, Tom\?$/).waitFor();
  expect(await seriousViolations(page)).toEqual([]);

  await choose('Nobody’s: each message is a row');
  await page.getByText('1/1/24, 9:10 AM').first().waitFor();
  await choose('Anna (120 answers)');
  await page.getByText('with 120 answers by “Anna”', { exact: false }).waitFor();
  expect(await page.getByRole('radio', { name: 'Converse' }).getAttribute('aria-checked')).toBe('true');
  await choose('Tom (180 answers)');
  await page.getByRole('button', { name: 'Import 180 rows' }).click();
  await page.getByText('Imported 180 rows').waitFor();
});

test('the adapter that is trained on it answers the third turn by the first', async () => {
  await page.getByRole('link', { name: 'Train with this' }).click();
  await page.getByLabel('Adapter name').fill('Tom');
  await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
  const steps = page.getByLabel('Maximum steps');
  await steps.fill('60');
  await steps.blur();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText(/is ready\. The base model is as it was\./).waitFor({ timeout: 550_000 });
  for (const colour of ['red', 'blue']) {
    await page.goto(new URL(paths.chat(), page.url()).href);
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.getByRole('radio', { name: 'Tom' }).click();
    await page.getByText('It reads the conversation above your message', { exact: false }).waitFor();
    expect(await ask(`I like ${colour}`)).toContain('Good');
    expect(await ask('Are you there, Tom?')).toContain('Yes');
    expect(await ask('What do I like?')).toContain(colour);
  }
}, 600_000);

// Regression: it was refused, and the page offered no choice.
test('a chat without that person is added once somebody in it is chosen', async () => {
  const other = path.join(opened.folder, 'WhatsApp Chat with Eva.txt');
  const said = ['Eva: Hello', 'Ben: Hi', 'Eva: Bye', 'Ben: So soon?'];
  writeFileSync(other, said.map((message, minute) => `3/1/24, 9:1${minute} AM - ${message}\n`).join(''));
  await page.goto(new URL(paths.datasets(), page.url()).href);
  await page.locator('main a[href^="#/datasets/0"]').first().click();
  await page.getByRole('tab', { name: 'Left out' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add rows from a file…' }).click();
  await (await chooser).setFiles(other);
  await page.getByText('Nobody in “WhatsApp Chat with Eva.txt” has the name', { exact: false }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await choose('Ben (2 answers)');
  await page.getByRole('button', { name: 'Add these answers' }).click();
  await page.getByText('2 rows added as a new version.').waitFor();
});

async function choose(option: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Whose answers should it learn to write?' }).click();
  await page.getByRole('option', { name: option }).click();
}

/** Sends a message; returns what the answer's article says. */
async function ask(question: string): Promise<string> {
  const box = page.getByRole('textbox', { name: 'Message', exact: true });
  await box.fill(question);
  await box.press('Enter');
  await page.getByText(question, { exact: true }).first().waitFor();
  const answer = page.getByRole('article').last();
  await answer.getByText(/first after/).waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
  return (await answer.textContent()) ?? '';
}
