// What each task brings to a message, in a real browser: a passage and questions, a document dropped as text, Markdown
// and PDF, a database whose SQL is changed, run and exported; a row asked in chat, and a corrected answer kept as a
// row. At the end a model gives the worst answers. Two steps of training are enough: nothing here depends on what was
// learnt.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';
import { pdfFile } from '../fixtures/pdf-file.ts';

const opened = openStudioForTests({
  before: ({ command, train }) => {
    for (const [task, dataset, adapter] of [
      ['mrc', 'Places', 'Answers'],
      ['summarisation', 'Talks', 'Summaries'],
      ['nl2sql', 'Tables', 'Queries'],
    ] as const) {
      command('import', `generated-${task}`, '--task', task, '--name', dataset);
      train(dataset, adapter);
    }
  },
});
let page: Page;
beforeAll(() => ({ page } = opened));

test('a passage stays beside the conversation from one question to the next', async () => {
  await talkTo('Answers');
  await beside('Passage').fill('Lisbon lies on the Tagus. Its mayor is Ana Silva.');
  await send('Who is the mayor of Lisbon?');
  await send('Where does Lisbon lie?');
  expect(await page.getByRole('article', { name: 'Answers' }).count()).toBe(2);
  expect(await page.getByText('passage, 10 words').count()).toBe(2);
  expect(await seriousViolations(page)).toEqual([]);
});

test.each([
  ['notes.txt', 'text/plain', Buffer.from('The harbour was closed on Monday because of ice.')],
  ['notes.md', 'text/markdown', Buffer.from('# Harbour\n\nThe harbour was closed on *Monday* because of ice.')],
  ['notes.pdf', 'application/pdf', pdfFile([[{ text: 'The harbour was closed on Monday because of ice.' }]])],
])('a document dropped as %s is read by the page, and summarised with an empty box', async (name, type, bytes) => {
  await talkTo('Summaries');
  await drop(page.getByRole('region', { name: 'Chat' }), { name, type, bytes });
  await page.getByText(`${name} read`).first().waitFor();
  expect(await beside('Document').inputValue()).toMatch(/The harbour was closed on \*?Monday\*? because of ice\./);
  await button('Send').click();
  await finished(page.getByRole('article', { name: 'Summaries' }).last());
});

// Regression: one line of it was left, then the box was out of sight below what is sent along.
test('in a low window some lines of the conversation can be read above the message box', async () => {
  // 1024 × 700 at 200 %.
  await page.setViewportSize({ width: 512, height: 350 });
  const log = page.getByRole('log');
  await expect.poll(() => log.evaluate(({ clientHeight }) => clientHeight)).toBeGreaterThan(100);
  const seen = () =>
    log.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      const around = element.closest('section')?.getBoundingClientRect();
      return Math.min(bottom, around?.bottom ?? 0) - Math.max(top, around?.top ?? 0);
    });
  await log.focus();
  expect(await seen()).toBeGreaterThan(100);
  for (const each of [page.getByRole('textbox', { name: 'Message' }), button('Send')]) {
    const { y = 350, height = 0 } = (await each.boundingBox()) ?? {};
    expect(y + height).toBeLessThan(350);
  }
  await page.setViewportSize({ width: 1360, height: 860 });
});

test('a file that is not a document is rejected, and nothing is lost', async () => {
  await beside('Document').fill('Kept.');
  await drop(page.getByRole('group', { name: 'Document' }), {
    ...{ name: 'broken.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4 and no more') },
  });
  await page.getByText(/“broken.pdf” cannot be read/).waitFor();
  expect(await beside('Document').inputValue()).toBe('Kept.');
});

test('a query is edited, run, shown as a table and saved as CSV', async () => {
  await talkTo('Queries');
  await button('Pick a test row').click();
  await page.getByRole('dialog').getByRole('listitem').first().getByRole('button').click();
  // The second click hits the button that stops the answer.
  await button('Send').dblclick();
  const answer = page.getByRole('article', { name: 'Queries' }).last();
  // After two steps of training it writes no query at all, and no other that could be run.
  await answer.getByText('Cannot be run: trying other queries').waitFor();
  await finished(answer);
  expect(await answer.getByRole('note', { name: 'Replaced query' }).count()).toBe(0);
  // The answer was checked against the database automatically.
  await answer.getByText(/Checked:/).waitFor();
  await answer.getByRole('button', { name: 'Edit' }).click();
  const query = answer.getByRole('textbox', { name: 'Query' });
  // The box must have the focus; elsewhere, single letters lead to other pages.
  await query.and(page.locator(':focus')).waitFor();
  await query.fill("SELECT 2014 AS year, '=cmd' AS danger UNION ALL SELECT 2, 'b'");
  await query.press('Control+Enter');
  await answer.getByText(/Ran: 2 rows/).waitFor();
  const result = page.getByRole('complementary', { name: 'Sent with the message' });
  await result.getByRole('cell', { name: '=cmd' }).waitFor();
  await result.getByRole('cell', { name: '2014', exact: true }).waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    result.getByRole('button', { name: 'Save as CSV' }).click(),
  ]);
  const text = readFileSync(await saved.path(), 'utf8');
  // With the BOM that tells a spreadsheet the encoding.
  expect(text.split(/\r?\n/)[0]).toBe('\uFEFFyear,danger');
  expect(text).toContain('2,b');
  expect(await seriousViolations(page)).toEqual([]);
});

test('a query that took the place of one that cannot be run says so, and shows that one', async () => {
  const database = new BetterSqlite3(path.join(opened.home, 'studio.sqlite'));
  const last = "number = (SELECT MAX(number) FROM message WHERE role = 'assistant')";
  const written = database.prepare(`SELECT text FROM message WHERE ${last}`).pluck().get();
  database.prepare(`UPDATE message SET text = 'SELECT 7 AS lucky', first_text = 'SELEKT 6' WHERE ${last}`).run();
  await page.reload();
  const note = lastQuery().getByRole('note', { name: 'Replaced query' });
  await note.getByText(/does not make it right/).waitFor();
  await note.getByRole('button', { name: 'First query' }).click();
  await note.getByText('SELEKT 6').waitFor();
  await lastQuery().getByText('Checked: it can run').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  database.prepare(`UPDATE message SET text = ?, first_text = NULL WHERE ${last}`).run(written);
  database.close();
  await page.reload();
  await lastQuery()
    .getByText(/Checked:/)
    .waitFor();
  await lastQuery().getByRole('button', { name: 'Edit' }).click();
});

test.each([
  'DROP TABLE IF EXISTS anything',
  "ATTACH DATABASE '/etc/passwd' AS x",
  'CREATE TABLE made (x)',
  'SELECT 1; SELECT 2',
  "SELECT load_extension('x')",
  'PRAGMA writable_schema = 1',
])('the query %j is rejected with the reason', async (sql) => {
  const answer = page.getByRole('article', { name: 'Queries' }).last();
  await answer.getByRole('textbox', { name: 'Query' }).fill(sql);
  await answer.getByRole('button', { name: /Run it/ }).click();
  await answer.getByText('Does not run').waitFor();
  expect((await answer.getByRole('status').innerText()).length).toBeGreaterThan('Does not run'.length + 5);
  // So that the next refusal is a new one.
  await answer.getByRole('textbox', { name: 'Query' }).fill('SELECT 1');
  await answer.getByRole('button', { name: /Run it/ }).click();
  await answer.getByText(/Ran: 1 row/).waitFor();
});

// Regression: all 5,000 rows were drawn at once, which held up the page for seconds.
test('a result of thousands of rows is drawn as far as one scrolls', async () => {
  const numbers = 'WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c LIMIT 9000) SELECT n FROM c';
  await lastQuery().getByRole('textbox', { name: 'Query' }).fill(numbers);
  await lastQuery()
    .getByRole('button', { name: /Run it/ })
    .click();
  await lastQuery()
    .getByText(/Ran: the first 5,000 rows/)
    .waitFor();
  const result = page.getByRole('region', { name: 'Result' });
  expect(await result.getByRole('row').count()).toBe(201);
  expect(await result.getByRole('table').getAttribute('aria-rowcount')).toBe('5001');
  await result.evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await result.getByRole('cell', { name: '400', exact: true }).waitFor();
});

test('a corrected query changes its test row, cannot go to the training split, and can be undone', async () => {
  await lastQuery().getByRole('textbox', { name: 'Query' }).fill('SELECT 42 AS mended');
  const dialog = await keepLastQuery();
  await dialog.getByText(/of the “Test” split already has this context/).waitFor();
  expect(await dialog.getByRole('radio', { name: 'Train' }).count()).toBe(0);
  await dialog.getByRole('button', { name: 'Change the row' }).click();
  await page.getByText(/Row \d+ of Tables changed/).waitFor();
  await button('Undo').click();
  await page.getByText(/Row \d+ of Tables changed/).waitFor({ state: 'detached' });
  const again = await keepLastQuery();
  await again.getByText(/Its current target: (?!SELECT 42 AS mended)/).waitFor();
  await page.keyboard.press('Escape');
  await again.waitFor({ state: 'detached' });
});

// Regression: its boxes were there, with the keyboard in one, before the texts that then replaced what was typed.
test('an answer to be kept as a row is there with its boxes', async () => {
  await page.evaluate(() => {
    const seen = new MutationObserver(() => {
      const box = document.querySelector<HTMLTextAreaElement>('[role=dialog] textarea');
      if (box === null) return;
      seen.disconnect();
      document.body.dataset.first = box.value;
    });
    seen.observe(document.body, { childList: true, subtree: true });
  });
  const dialog = await keepLastQuery();
  const context = await dialog.getByLabel('Context').inputValue();
  expect(context).not.toBe('');
  expect(await page.evaluate(() => document.body.dataset.first)).toBe(context);
  // What is to be corrected.
  await dialog.getByLabel('Target').and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('an answer to one’s own question becomes a new row, and can be undone', async () => {
  await (await keepLastQuery()).getByLabel('Context').fill('A question of my own');
  // Regression: typed text was lost without a question.
  await page.reload();
  const dialog = await keepLastQuery();
  expect(await dialog.getByLabel('Context').inputValue()).toBe('A question of my own');
  await dialog.getByRole('radio', { name: 'Validation' }).click();
  await dialog.getByRole('button', { name: 'Add the row' }).click();
  await page.getByText('Added to Tables').waitFor();
  await button('Undo').click();
  await page.evaluate(() => (location.hash = '/datasets'));
  await page
    .getByRole('row', { name: /Tables/ })
    .getByText('400')
    .first()
    .waitFor();
});

test('a row of a dataset is asked in chat with all its fields', async () => {
  await page.getByRole('link', { name: 'Places', exact: true }).click();
  await page.getByRole('tab', { name: 'Rows' }).click();
  await page.getByRole('row').nth(2).click();
  await page.getByRole('link', { name: 'Ask it in chat' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForFunction(() => {
    const boxes = [...document.querySelectorAll<HTMLTextAreaElement>('main textarea')];
    return boxes.length >= 2 && boxes.every(({ value }) => value.length > 0);
  });
  await page.getByText('Target of the row you picked').waitFor();
});

test('nothing in an answer can act, load or navigate', async () => {
  await talkTo('Answers');
  await beside('Passage').fill('Lisbon lies on the Tagus.');
  await send('Where does it lie?');
  const words = [
    '<img src=x onerror="window.hit=1"><svg onload="window.hit=1"></svg><script>window.hit=1</script>',
    '[a link](javascript:window.hit=1) ![p](http://studio.example/p.png) <iframe srcdoc="<script>parent.hit=1</script>">',
    '<style>body{display:none}</style><form action="http://studio.example/"><button>Go</button></form>',
    '| a | b |\n|---|---|\n| **bold** | `code` |',
  ].join('\n\n');
  const database = new BetterSqlite3(path.join(opened.home, 'studio.sqlite'));
  database
    .prepare("UPDATE message SET text = ? WHERE number = (SELECT MAX(number) FROM message WHERE role = 'assistant')")
    .run(words);
  database.close();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  const answer = page.getByRole('article').last();
  await answer.getByRole('cell', { name: 'bold' }).waitFor();
  expect(await answer.locator('.answer').locator('img, svg, script, iframe, style, form, a, button').count()).toBe(0);
  expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  expect(asked.filter((url) => !url.startsWith(new URL(page.url()).origin))).toEqual([]);
  expect(await answer.getByText('window.hit=1').first().isVisible()).toBe(true);
});

async function talkTo(adapter: string): Promise<void> {
  // The same buttons would be there at once from another chat that is about to go.
  await page.evaluate((to) => (location.hash = to), paths.adapters().slice(1));
  await page.getByRole('heading', { level: 1, name: 'Adapters' }).waitFor();
  await page.evaluate((to) => (location.hash = to), `${paths.chat().slice(1)}?fresh=${adapter}`);
  const chip = page.getByRole('radiogroup', { name: 'Who answers next' }).getByRole('radio', { name: adapter });
  await chip.waitFor();
  await button('New conversation').click();
  await chip.click();
}

async function send(text: string): Promise<void> {
  const before = await page.getByRole('article').count();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
  await button('Send').click();
  await finished(page.getByRole('article').nth(before));
}

async function finished(answer: Locator): Promise<void> {
  await answer.getByText(/first after/).waitFor();
}

async function keepLastQuery(): Promise<Locator> {
  await lastQuery().getByRole('button', { name: 'Correct it and save it as a row' }).click();
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.getByLabel('Target').inputValue()).toBe('SELECT 42 AS mended');
  return dialog;
}

const lastQuery = () => page.getByRole('article', { name: 'Queries' }).last();
const button = (name: string) => page.getByRole('button', { name, exact: true });
const beside = (name: string) => page.getByRole('group', { name }).getByRole('textbox');

/** As the file manager drops it. */
async function drop(on: Locator, file: { name: string; type: string; bytes: Buffer }): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ({ name, type, base64 }) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type }));
      return transfer;
    },
    { name: file.name, type: file.type, base64: file.bytes.toString('base64') },
  );
  await on.dispatchEvent('drop', { dataTransfer });
}
