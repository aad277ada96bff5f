// A base model is deleted; its conversations stay. Chat used to show only “No base model”, and led nowhere else.
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';
import { writeTinyGguf } from '../tiny-gguf.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(() => ({ page } = opened));

test('deleting a base model says how many conversations it was used in', async () => {
  const file = path.join(opened.folder, 'tiny-llama.gguf');
  await writeTinyGguf(file);
  await open(paths.baseModels());
  await page.getByRole('button', { name: 'Add a model' }).click();
  await page.getByRole('dialog').locator('input[accept]').setInputFiles(file);
  const card = page.getByRole('article', { name: 'tiny-llama' });
  await card.getByRole('link', { name: 'Chat with it' }).click();
  await page.getByRole('textbox', { name: 'Message' }).fill('Once upon a time');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Once upon a time' }).waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
  await open(paths.baseModels());
  await card.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByText('tiny-llama deleted. You can still read 1 conversation with it').waitFor();
});

test('its conversation stays readable, and a new one uses an existing model', async () => {
  await page.getByRole('navigation').getByRole('link', { name: 'Chat' }).click();
  const log = page.getByRole('log');
  await log.getByText('Once upon a time').waitFor();
  const note = page.getByRole('note').getByText('The base model of this conversation was deleted');
  await note.waitFor();
  await page.reload();
  await note.waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  // What is only read has nothing beside it.
  const [inside, main] = [log, page.getByRole('main')].map((each) => each.evaluate((it) => it.clientWidth));
  expect(await inside).toBe(await main);
  await page.getByRole('button', { name: 'Show the conversations' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).getByText('Once upon a time').waitFor();
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByText('Write something for starter to continue').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).fill('Hello');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Hello' }).waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
});

const open = (href: string) => openPlace(page, href);
