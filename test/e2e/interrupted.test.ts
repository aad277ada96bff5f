// The studio is killed in the middle of its work, as by a power cut. The next start is checked in a real browser.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { launchBrowser } from '../browser/launch-browser.ts';
import { startStudio } from '../browser/start-studio.ts';
import { expectStarterWeights } from '../browser/starter-weights.ts';
import { openWatchedPage } from '../browser/watched-page.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'adapter-studio-interrupted-'));
let browser: Browser;

beforeAll(async () => {
  expectStarterWeights();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a run cut off by a kill is shown as interrupted, with its log, and resumes', async () => {
  const home = path.join(folder, 'training');
  const first = await startStudio({ home });
  const { page } = await openWatchedPage(browser, first.url);
  await page.getByRole('main').getByRole('button', { name: 'Try it with a sample' }).click();
  await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
  for (const [label, value] of [
    ['Maximum steps', '2000'],
    ['Rows per step', '2'],
  ] as const) {
    await page.getByLabel(label).fill(value);
    await page.getByLabel(label).blur();
  }
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText(/^Step [2-9]\d* of 2,000/).waitFor();
  const { hash } = new URL(page.url());
  await first.kill();
  await page.context().close();

  const second = await startStudio({ home });
  const next = await openWatchedPage(browser, second.url);
  await next.page.getByText(/was interrupted\. Next: resume it\./).waitFor();
  await next.page.goto(new URL(hash, next.page.url()).href);
  const told = await next.page.getByText(/^Interrupted at step \d+ of 2,000\./).textContent();
  const step = Number(/\d+/.exec(told ?? '')?.[0]);
  await next.page.getByRole('button', { name: /^Log\b/, expanded: false }).click();
  await next.page
    .getByRole('log')
    .getByText(/^step 1\s+loss/)
    .waitFor();

  // From the first page. Regression: its button only led to the run, where it had to be pressed again.
  await next.page.evaluate((to) => (location.hash = to), paths.home().slice(1));
  await next.page.getByRole('main').getByRole('button', { name: 'Resume' }).click();
  await next.page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  expect(new URL(next.page.url()).hash).toBe(hash);
  await next.page.getByRole('button', { name: /^Log\b/, expanded: false }).click();
  // Well beyond what the log may still show from before: only the resumed training gets there.
  const isNext = new RegExp(`^step ${step + 40}\\s+loss`);
  await next.page.getByRole('log').getByText(isNext).waitFor();
  await next.page.getByRole('button', { name: 'Stop' }).click();
  await next.page.getByText(/^Stopped at step \d+ of 2,000\./).waitFor();
  await next.page.getByRole('link', { name: 'Chat with it' }).waitFor();
  expect(next.complaints()).toEqual([]);
  await next.page.context().close();
  expect(await second.stop()).toBe(0);
  expect(second.errors()).toBe('');
});

test('an import cut off by a kill is complete or absent, and can be repeated', async () => {
  const home = path.join(folder, 'import');
  const rows = 60_000;
  const table = path.join(folder, 'numbers.csv');
  const lines = Array.from({ length: rows }, (_, row) => `What follows ${row} in the row of numbers?,${row + 1}`);
  writeFileSync(table, `context,target\n${lines.join('\n')}\n`);

  const first = await startStudio({ home });
  const { page } = await openWatchedPage(browser, first.url);
  await page.locator('input[accept]').setInputFiles(table);
  await page.getByRole('button', { name: 'Import 60,000 rows' }).click();
  await page
    .getByRole('main')
    .getByText(/Importing numbers|rows into “numbers”/)
    .waitFor();
  await first.kill();
  await page.context().close();

  const second = await startStudio({ home });
  const next = await openWatchedPage(browser, second.url);
  await next.page.goto(new URL(paths.datasets(), next.page.url()).href);
  // The first page has a row of it too, if a crash undid it.
  await next.page.getByRole('heading', { name: 'Datasets', level: 1 }).waitFor();
  const known = next.page.getByRole('row').filter({ hasText: 'numbers' });
  await known.or(next.page.getByText('No datasets yet')).first().waitFor();
  const isThere = (await known.count()) > 0;
  if (isThere) await known.getByText('60,000').waitFor();
  expect(readdirSync(path.join(home, 'datasets')).length).toBeLessThanOrEqual(isThere ? 1 : 0);
  expect(readdirSync(path.join(home, 'uploads'))).toEqual([]);

  // Loaded afresh: the previous page has a file input too.
  const importPage = new URL(paths.importDataset(), next.page.url()).href;
  await next.page.goto('about:blank');
  await next.page.goto(importPage);
  await next.page.locator('input[accept]').setInputFiles(table);
  await next.page.getByRole('button', { name: 'Import 60,000 rows' }).click();
  await next.page.getByText('Imported 60,000 rows').waitFor();
  expect(next.complaints()).toEqual([]);
  await next.page.context().close();
  expect(await second.stop()).toBe(0);
  expect(second.errors()).toBe('');
});
