import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(() => ({ page } = opened));

const goTo = (href: string) => page.goto(new URL(href, page.url()).href);

test('the lab asks a question for each experiment, and says what is missing for those that train', async () => {
  await goTo(paths.lab());
  const cards = page.getByRole('article');
  await cards.first().waitFor();
  expect(await cards.count()).toBe(9);
  const table6 = page.getByRole('article', { name: 'Which rank is enough?' });
  expect(await table6.getByRole('button', { name: /^Run/ }).getAttribute('aria-disabled')).toBe('true');
  expect(await seriousViolations(page)).toEqual([]);
}, 120_000);

test('an experiment is set, run, read and saved', async () => {
  const card = page.getByRole('article', { name: 'Does an adapter slow the answers down?' });
  await card.getByRole('button', { name: /^Settings/ }).click();
  await page.getByLabel('Batch × length').fill('1x16');
  await page.getByLabel('Widths of adapter layers').fill('8');
  await page.getByLabel('Measurements').fill('3');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await card.getByRole('button', { name: /^Run/ }).click();
  await card.getByRole('link', { name: /^Open/ }).click();
  await page.getByRole('button', { name: 'Repeat' }).waitFor({ timeout: 150_000 });

  // Three rounds say little about the time, but every way of adapting was run.
  for (const row of [
    /^base$/,
    /^LoRA, merged, r \d+$/,
    /^LoRA, beside W, r \d+$/,
    /^Adapter-L, width 8$/,
    /^Adapter-H, width 2 × 4$/,
  ]) {
    await page.getByRole('cell', { name: row }).first().waitFor();
  }
  expect(await seriousViolations(page)).toEqual([]);
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export', exact: true }).click(),
  ]);
  expect(await readFile(await csv.path(), 'utf8')).toContain('"1 × 16, width 8"');
  await page.getByRole('button', { name: /^Save “/ }).click();
  const [picture] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Picture (PNG)' }).click(),
  ]);
  const png = await readFile(await picture.path());
  expect(png.subarray(1, 4).toString()).toBe('PNG');
}, 240_000);

test('in Korean the lab speaks Korean, its results too', async () => {
  await page.evaluate(() => localStorage.setItem('studio.locale', 'ko'));
  await page.reload();
  await page.getByRole('heading', { name: /어댑터를 쓰면 답이 느려질까요/ }).waitFor();
  expect(await page.locator('main').innerText()).not.toMatch(/Adapter layers are|lab\.\w+/);
  expect(await seriousViolations(page)).toEqual([]);
}, 120_000);
