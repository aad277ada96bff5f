// The address for other programs: someone who connects one sees on the settings page, as it happens, why it fails and
// what it was answered.
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests();
let page: Page;
let address: string;
let key: string;

beforeAll(() => ({ page } = opened));

test('a program with a wrong key shows without a reload, and what to do about it', async () => {
  await page.evaluate(() => (location.hash = '/settings?section=endpoint'));
  await page.getByRole('radiogroup', { name: 'Address for other programs' }).getByRole('radio', { name: 'On' }).click();
  await page.getByText('None yet. What other programs ask for appears here.').waitFor();
  address = (await page.getByText(/^http:\/\/127\.0\.0\.1:\d+\/v1$/).textContent()) ?? '';
  const shown = page.getByRole('definition').filter({ hasText: 'as-' });
  await shown.getByRole('button', { name: 'Copy' }).click();
  await shown.getByRole('button', { name: 'Copied' }).waitFor();
  key = await page.evaluate(() => navigator.clipboard.readText());
  expect(key).toMatch(/^as-/);
  await ask({ model: 'Starter' }, 'as-of-yesterday');
  await row('editor/2.0').getByText('Its key is wrong. Copy the key that is shown here into the program.').waitFor();
  await row('editor/2.0').getByText('refused (401)').waitFor();
});

test('an unknown model is told by its name, and an answer by its tokens and time', async () => {
  await ask({ model: 'gpt-4o' });
  await page.getByText('There is no model “gpt-4o”.').waitFor();
  const models = await fetch(`${address}/models`, { headers: headersWith(key) });
  const { data } = (await models.json()) as { data: { id: string }[] };
  const model = data[0]?.id ?? '';
  await ask({ model });
  const answered = row(model);
  await answered.getByText('answered', { exact: true }).waitFor();
  await answered.getByText(/\/v1\/chat\/completions · \d+ tokens read, 4 written · /).waitFor();
  const list = page.getByRole('region', { name: 'Requests' });
  expect(await list.getByRole('listitem').count()).toBe(4);
  expect(await list.textContent()).not.toContain('A private question');
  expect(await seriousViolations(page)).toEqual([]);
});

/** Of the request that has this text. */
function row(text: string) {
  return page.getByRole('region', { name: 'Requests' }).getByRole('listitem').filter({ hasText: text }).first();
}

async function ask(about: { model: string }, bearer = key): Promise<void> {
  const messages = [{ role: 'user', content: 'A private question' }];
  const headers = { ...headersWith(bearer), 'content-type': 'application/json' };
  const body = JSON.stringify({ ...about, messages, max_tokens: 4 });
  await (await fetch(`${address}/chat/completions`, { method: 'POST', headers, body })).text();
}

function headersWith(bearer: string) {
  return { authorization: `Bearer ${bearer}`, 'user-agent': 'editor/2.0' };
}
