// What somebody does who has all chats of a messenger in one file: it is chosen, the page says what it is and whose
// answers are learnt, somebody else is chosen, and the rows are imported with the names of those who spoke.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { chooseTable } from '../browser/choose-table.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const name = 'result.json';
const opened = openStudioForTests();
let page: Page;

beforeAll(() => {
  ({ page } = opened);
  const chat = (id: number, title: string, lines: readonly string[]) => ({
    ...{ name: title, type: lines.length > 9 ? 'private_group' : 'personal_chat', id },
    messages: lines.map((line, number) => {
      const [from = '', text = ''] = line.split(': ');
      const date = `2024-01-03T09:${10 + number}:00`;
      const isSaid = text !== '';
      return isSaid
        ? { id: number, type: 'message', date, from, from_id: `user${from}`, text: [{ type: 'bold', text }] }
        : { id: number, type: 'service', date, actor: from, action: 'phone_call', text: '' };
    }),
  });
  const group = ['Anna: Who has the key?', 'Ben: Not me', 'Tom: I do', 'Ben: Good', 'Anna: Where?', 'Tom: Here'];
  const chats = [
    chat(1, 'Eva', ['Eva: Are you in town?', 'Tom: Until Friday', 'Eva: ', 'Eva: Nice', 'Tom: It is']),
    chat(2, 'Home', [...group, 'Ben: When?', 'Tom: At noon', 'Anna: Fine', 'Ben: Bye']),
  ];
  const contacts = {
    about: 'Contacts',
    list: Array.from({ length: 40 }, (_, id) => ({ user_id: id, first_name: 'X' })),
  };
  const account = { about: 'Here is the data you requested.', contacts, chats: { about: 'Chats', list: chats } };
  writeFileSync(path.join(opened.folder, name), JSON.stringify(account, undefined, 1));
});

test('all chats of a messenger in one file: the page says what they are, whose answers, and who is told apart', async () => {
  await chooseTable(page, path.join(opened.folder, name));
  await page.getByText('Whose answers should it learn to write?').waitFor();
  await page.getByText('exported from Telegram: type, date, text', { exact: false }).waitFor();
  await page.getByText('Nobody takes part in more chats than “Tom”', { exact: false }).waitFor();
  await page.getByText('14 messages in 2 conversations, with 5 answers by “Tom”', { exact: false }).waitFor();
  await page.getByText('its context names each: “Anna: …”', { exact: false }).waitFor();
  await page.getByText('(notices, pictures, forwarded or empty ones): 1.', { exact: false }).waitFor();
  expect(await page.getByRole('radio', { name: 'Converse' }).getAttribute('aria-checked')).toBe('true');
  for (let row = 0; row < 2; row++) await page.getByRole('button', { name: 'Next row' }).click();
  const seen = page.getByRole('region', { name: 'What the model sees' });
  await seen.getByText(/^Anna: Who has the key\?\s+Ben: Not me$/).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test('somebody else is chosen, and his answers are imported', async () => {
  await page.getByLabel('Whose answers should it learn to write?').click();
  await page.getByRole('option', { name: 'Ben (4 answers)' }).click();
  await page.getByText('with 4 answers by “Ben”', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Import 4 rows' }).click();
  await page.getByText('Imported 4 rows').waitFor();
});
