// A data folder that is moved away from its usual place and whose studio is killed: the next start finds it again.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser/launch-browser.ts';
import { startStudio } from '../browser/start-studio.ts';
import { openWatchedPage } from '../browser/watched-page.ts';

const person = mkdtempSync(path.join(tmpdir(), 'adapter-studio-person-'));
const documents = path.join(person, 'Documents');
const cwd = path.join(person, 'elsewhere');
const home = path.join(person, 'adapter-studio');
// A variable that is set to nothing. Regression: the studio was opened in whatever folder it was started in.
const env = { HOME: person, USERPROFILE: person, APPDATA: person, XDG_DATA_HOME: person, ADAPTER_STUDIO_HOME: '' };
let browser: Browser;

beforeAll(async () => {
  for (const folder of [documents, cwd]) mkdirSync(folder);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  rmSync(person, { recursive: true, force: true });
});

// Regression: it was noted down only once it was open, and if the studio was killed before, an empty one opened next.
test('a folder whose studio is killed while it is opened at its new place is opened at the next start', async () => {
  const first = await startStudio({ home, env, cwd });
  const { page } = await openWatchedPage(browser, first.url);
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await page.getByLabel('Folder name').fill('Moved');
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click();
  const moved = path.join(documents, 'Moved');
  // It begins to be opened: the process takes its lock.
  const locks = path.join(moved, 'locks');
  while (!existsSync(locks) || readdirSync(locks).length === 0) await setImmediate();
  await first.kill();
  await page.context().close();
  expect(readdirSync(cwd)).toEqual([]);

  const second = await startStudio({ home, env, cwd });
  const next = await openWatchedPage(browser, second.url);
  await next.page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await next.page.getByRole('main').getByText(moved, { exact: true }).waitFor();
  await next.page.context().close();
  expect(await second.stop()).toBe(0);
});
