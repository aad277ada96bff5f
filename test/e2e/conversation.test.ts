// A whole conversation in a real browser: asked of five at once, edited by keyboard, answered again, continued
// elsewhere, scrolled far up and saved. Two steps of training are enough: nothing here depends on what was learnt.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { ConversationStore } from '../../src-main/chat/conversation-store.ts';
import { openDatabase } from '../../src-main/database/open.ts';
import type { ProcessLock } from '../../src-main/database/process-lock.ts';
import { paths } from '../../src-renderer/paths.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const adapters = ['First', 'Second', 'Third', 'Fourth'];

const opened = openStudioForTests({
  before: ({ command, train }) => {
    command('import', 'generated-mrc', '--task', 'mrc', '--name', 'Places');
    for (const name of adapters) train('Places', name);
  },
});
let page: Page;
beforeAll(() => ({ page } = opened));

// Regression: it said that only the base model would continue the text.
test('before the first message, a comparison says that each of those chosen answers', async () => {
  await page.evaluate((to) => (location.hash = to), paths.chat().slice(1));
  const log = page.getByRole('region', { name: 'Conversation', exact: true });
  // It begins with the adapter that was trained last.
  await page.getByRole('radio', { name: 'Base', exact: true }).click();
  await log.getByText(/^The base model alone/).waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  await log.getByRole('heading', { name: 'Ask several at once' }).waitFor();
  expect(await log.getByText(/base model alone/).count()).toBe(0);
  await page.getByRole('button', { name: 'Compare' }).click();
});

// Regression: “Chat with” an adapter whose new conversation was being compared reopened the comparison.
test('a comparison that has not begun survives a reload, and a chat with its adapter is with that one alone', async () => {
  await page.evaluate((to) => (location.hash = to), paths.chat().slice(1));
  await page.getByRole('radio', { name: 'First' }).click();
  await page.getByRole('button', { name: 'Compare' }).click();
  const heading = page.getByRole('heading', { name: 'Ask several at once' });
  await heading.waitFor();
  await page.reload();
  await heading.waitFor();
  await page.evaluate((to) => (location.hash = to), paths.adapters().slice(1));
  await page.getByRole('link', { name: 'Chat with First' }).click();
  await page.getByRole('radio', { name: 'First', checked: true }).waitFor();
  expect(await heading.count()).toBe(0);
});

test('one question goes to the base and four adapters, and all answers fit in a narrow window', async () => {
  await page.evaluate((to) => (location.hash = to), paths.chat().slice(1));
  await page.getByRole('radio', { name: 'First' }).click();
  await page.getByRole('button', { name: 'Pick a test row' }).click();
  await page.getByRole('dialog').getByRole('listitem').first().getByRole('button').click();
  await page.getByRole('button', { name: 'Compare' }).click();
  const chips = page.getByRole('group', { name: 'Who answers side by side' });
  for (const name of adapters) {
    const chip = chips.getByRole('button', { name });
    if ((await chip.getAttribute('aria-pressed')) === 'false') await chip.click();
  }
  await page.getByRole('button', { name: 'Send to all' }).click();
  await page.getByText(/All columns together took/).waitFor();

  const columns = page.getByRole('region', { name: 'Answers side by side' }).getByRole('article');
  expect(await columns.count()).toBe(5);
  const log = page.getByRole('log');
  for (const width of [1000, 1360, 1920]) {
    await page.setViewportSize({ width, height: 860 });
    const { left, right } = await log.evaluate((element) => element.getBoundingClientRect());
    for (const column of await columns.all()) {
      const box = await column.evaluate((element) => element.getBoundingClientRect());
      expect(box.left).toBeGreaterThanOrEqual(left);
      expect(box.right).toBeLessThanOrEqual(right);
      expect(box.width).toBeGreaterThan(200);
    }
  }
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.getByRole('button', { name: 'Best?' }).nth(2).click();
  await page.getByRole('button', { name: 'Best', exact: true }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  // Regression: a reload ended the comparison.
  await page.reload();
  await expect.poll(() => chips.getByRole('button', { pressed: true }).count()).toBe(5);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.reload();
  await page.getByRole('radio', { name: 'First' }).waitFor();
});

test('the up arrow in an empty box edits the last question, and what followed stays on a branch', async () => {
  await page.getByRole('radio', { name: 'Second' }).click();
  await ask('Who lives there?');
  await box().press('ArrowUp');
  expect(await box().inputValue()).toBe('Who lives there?');
  await box().press('Escape');
  expect(await box().inputValue()).toBe('');
  await box().press('ArrowUp');
  await ask('Where do they live?');
  const question = page.getByText('Where do they live?', { exact: true });
  await question.waitFor();
  expect(await page.getByText('Who lives there?', { exact: true }).count()).toBe(0);
  await page.getByText('2/2').waitFor();
  await page.getByRole('button', { name: 'Previous branch' }).last().click();
  await page.getByText('Who lives there?', { exact: true }).waitFor();
  expect(await question.count()).toBe(0);
});

test('an answer is regenerated as an alternative, and a new conversation branches from it', async () => {
  await page.getByRole('button', { name: 'Answer with Second' }).last().click();
  await page.getByText('2/2').waitFor();
  await last()
    .getByText(/first after/)
    .waitFor();
  await page.getByRole('button', { name: 'More actions for this answer' }).last().click();
  await page.getByRole('menuitem', { name: 'Branch from here' }).click();
  await page.getByRole('heading', { level: 1, name: /\(2\)$/ }).waitFor();
  // The branch continues from what came along: the best of the compared answers, and the last one.
  await expect.poll(() => page.getByRole('article').count()).toBe(2);
});

test('after scrolling far up, one press jumps to the latest answer', async () => {
  await page.setViewportSize({ width: 1000, height: 520 });
  for (const word of ['one', 'two', 'three', 'four']) await ask(`And what of number ${word}?`);
  const log = page.getByRole('log');
  await log.hover();
  await page.mouse.wheel(0, -4_000);
  const toLatest = page.getByRole('button', { name: 'Jump to the latest' });
  await toLatest.click();
  await toLatest.waitFor({ state: 'detached' });
  await expect.poll(() => log.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight)).toBeLessThan(2);
  // Regression: a question asked from further up was out of view.
  await page.mouse.wheel(0, -4_000);
  await toLatest.waitFor();
  await box().fill('And of the last?');
  await box().press('Enter');
  await toLatest.waitFor({ state: 'detached' });
  // While it is written, one may read further up.
  await last().locator('.answer').waitFor();
  await page.mouse.wheel(0, -4_000);
  await toLatest.waitFor();
  await last()
    .getByText(/first after/)
    .waitFor();
  expect(await toLatest.isVisible()).toBe(true);
  await toLatest.click();
  // With the list open there is less room, and the bottom stays in view if it was.
  await page.getByRole('button', { name: 'Show the conversations' }).click();
  await expect.poll(() => log.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight)).toBeLessThan(2);
  await page.setViewportSize({ width: 1360, height: 860 });
});

test('a conversation is saved as Markdown and as JSON', async () => {
  const save = async (as: string) => {
    await page.getByRole('button', { name: /^More actions for .*\(2\)$/ }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: as }).click()]);
    return readFile(await file.path(), 'utf8');
  };
  const markdown = await save('Save as Markdown');
  expect(markdown).toMatch(/^# .*\(2\)\n/);
  expect(markdown).toContain('And what of number four?');
  expect(markdown).toMatch(/## Answer of Second \([0-9a-f]{8}\)/);
  const { conversation, path, messages } = JSON.parse(await save('Save as JSON'));
  expect(conversation.title).toMatch(/\(2\)$/);
  expect(messages.at(-1)).toMatchObject({ role: 'assistant', adapterName: 'Second', strength: 1 });
  expect(path.at(-1)).toBe(messages.at(-1).id);
});

// Regression: an address opened before did nothing, and text typed for a new conversation was hidden.
test('an adapter is chatted with each time it is asked for, and what was typed for it is there after a reload', async () => {
  const chosen = (name: string) => page.getByRole('radio', { name, checked: true });
  const chatWith = async (name: string) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(`Chat with ${name}`);
    await page
      .getByRole('option', { name: `Chat with ${name}` })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await chosen(name).waitFor();
  };
  await chatWith('First');
  expect(await page.getByRole('article').count()).toBe(0);
  await page.getByRole('radio', { name: 'Third' }).click();
  await ask('And here?');
  await chatWith('First');
  await expect.poll(() => page.getByRole('article').count()).toBe(0);
  await page.getByRole('radio', { name: 'Fourth' }).click();
  await box().fill('Typed and not sent');
  await page.reload();
  await chosen('Fourth').waitFor();
  expect(await box().inputValue()).toBe('Typed and not sent');
  expect(await page.getByRole('article').count()).toBe(0);
});

// Regression: all were drawn, with a menu each, before anything could be done.
test('of many conversations, those further down appear when they are scrolled to', async () => {
  const database = openDatabase(join(opened.home, 'studio.sqlite'));
  // Sound: it is only asked who is alive for answers.
  const store = new ConversationStore(database, {} as ProcessLock);
  for (let place = 1; place <= 150; place++) {
    store.insert({ baseModelId: 'starter', title: `Earlier ${place}`, now: place });
  }
  const { id } = store.insert({ baseModelId: 'starter', title: 'A wide table', now: Date.now() });
  const [head, line] = ['| a '.repeat(80), '|---'.repeat(80)];
  database
    .prepare(`INSERT INTO message (id, conversation_id, role, text, created_at) VALUES ('wide', ?, 'assistant', ?, 1)`)
    .run(id, `${head}|\n${line}|\n`);
  database.prepare(`UPDATE conversation SET leaf_id = 'wide' WHERE id = ?`).run(id);
  database.close();
  await page.reload();
  const list = page.getByRole('navigation', { name: 'Conversations' });
  const rows = list.getByRole('button', { name: /^More actions/ });
  await rows.first().waitFor();
  expect(await rows.count()).toBe(60);
  const oldest = list.getByRole('button', { name: /^Earlier 1 / });
  await expect
    .poll(async () => {
      await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      return oldest.isVisible();
    })
    .toBe(true);
});

// Regression: it lay over the edge of Send, or all of it.
test('a notice leaves the message box free', async () => {
  for (const width of [600, 1000, 1360]) {
    await page.setViewportSize({ width, height: 860 });
    await page.getByRole('button', { name: 'More actions for A wide table' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const notice = page.getByRole('status').filter({ hasText: 'A wide table deleted' });
    const above = await boxOf(notice);
    const send = await boxOf(page.getByRole('button', { name: 'Send' }));
    expect(above.left >= send.right || above.bottom <= send.top, `at ${width} px`).toBe(true);
    await notice.getByRole('button', { name: 'Undo' }).click();
  }
});

// Regression: it was cut off.
test('a table wider than the conversation is scrolled', async () => {
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await list.getByRole('button', { name: /^A wide table / }).click();
  const table = page.getByRole('log').getByRole('table');
  await table.waitFor();
  // The browser itself gives a scroller the keyboard, which axe does not know.
  await page.getByRole('button', { name: 'More actions for this answer' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => table.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
});

// Regression: on another branch, or among compared answers, it was out of view, and it came back with each answer.
test('a turn that a search found is in view, whichever branch it is on, until something is asked', async () => {
  const database = openDatabase(join(opened.home, 'studio.sqlite'));
  // Sound: it is only asked who is alive for answers.
  const store = new ConversationStore(database, {} as ProcessLock);
  const { id: conversation } = store.insert({ baseModelId: 'starter', title: 'An orchard', now: Date.now() });
  const insert = database.prepare(
    `INSERT INTO message (id, conversation_id, parent_id, role, text, comparison_id, created_at)
     VALUES (:id, '${conversation}', :parent, :role, :text, :comparison, 1)`,
  );
  let parent: string | null = null;
  const say = (id: string, text: string, comparison: string | null = null) => {
    insert.run({ id, parent, text, comparison, role: id.startsWith('q') ? 'user' : 'assistant' });
    if (id !== 'a of two') parent = id;
  };
  const sayMuch = (branch: string) => {
    for (let turn = 0; turn < 15; turn++) {
      say(`q${branch}${turn}`, `And what else, for the ${turn}th time?`);
      say(`a${branch}${turn}`, 'Apples and pears. '.repeat(20));
    }
  };
  say('q', 'What grows here?');
  say('a', 'Apples.');
  say('q of the other branch', 'Does the quince bear?');
  say('a of the other branch', 'It does.');
  sayMuch('other');
  parent = 'a';
  say('q of two', 'And what of medlars?');
  say('a of two', 'None of the tree is left.', 'two');
  say('a of the two', 'They were planted in spring.', 'two');
  sayMuch('chosen');
  database.prepare('UPDATE conversation SET leaf_id = ? WHERE id = ?').run(parent, conversation);
  database.close();
  await page.setViewportSize({ width: 1600, height: 860 });
  await page.evaluate((to) => (location.hash = to), paths.chat().slice(1));
  await page.reload();
  const log = page.getByRole('log');
  const find = async (words: string) => {
    await page.getByPlaceholder('Search chats').fill(words);
    await page.getByRole('navigation', { name: 'Conversations' }).getByRole('button', { name: words }).click();
    const found = log.getByText(words);
    await found.waitFor();
    await expect
      .poll(async () => {
        const [inner, outer] = [await found.boundingBox(), await log.boundingBox()];
        return inner && outer && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
      })
      .toBe(true);
  };
  await find('planted in spring');
  await find('Does the quince bear?');
  await ask('And which of them bears first?');
  await expect.poll(() => log.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight)).toBeLessThan(2);
});

// Regression: the page was gone.
test('a schema that names a table and a column twice is drawn', async () => {
  await page.setViewportSize({ width: 1600, height: 860 });
  await page.evaluate((to) => (location.hash = to), paths.chat().slice(1));
  await page.reload();
  await page.getByRole('radio', { name: 'Base', exact: true }).click();
  await page.getByRole('radio', { name: 'Schema', exact: true }).click();
  await page.getByRole('button', { name: 'Edit as text' }).click();
  await page.getByRole('textbox', { name: 'Schema', exact: true }).fill('game(day, result, day) game(id)');
  await page.getByRole('button', { name: 'Show as tables' }).click();
  await expect.poll(() => page.getByText('day', { exact: true }).count()).toBe(2);
});

const box = () => page.getByRole('textbox', { name: 'Message', exact: true });
const last = () => page.getByRole('article').last();
const boxOf = (shown: Locator) => shown.evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect);

async function ask(question: string): Promise<void> {
  const asked = page.getByText(question, { exact: true });
  await box().fill(question);
  await box().press('Enter');
  await asked.first().waitFor();
  await last()
    .getByText(/first after/)
    .waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
}
