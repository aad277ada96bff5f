import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { startStudio } from '../browser/start-studio.ts';
import { studioPages } from '../browser/studio-pages.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(() => ({ page } = opened));

test('the token is removed from the address bar', () => {
  expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(#.*)?$/);
});

test('the same address does not work in a second browser', async () => {
  const stranger = await opened.browser.newContext({ locale: 'en-GB' });
  const response = await (await stranger.newPage()).goto(opened.studio.url);
  expect(response?.status()).toBe(401);
  await stranger.close();
});

test.each(Object.entries(studioPages))('the page of %s opens in an empty studio and is accessible', async (_, href) => {
  await page.goto(new URL(href, page.url()).href);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test('a page left open says so when the studio has stopped', async () => {
  const other = await startStudio();
  const left = await (await opened.browser.newContext({ locale: 'en-GB' })).newPage();
  await left.goto(other.url);
  await left.getByRole('navigation').first().waitFor();
  await other.stop();
  // A page whose own data had not come yet says that, too.
  await left.getByRole('alert').filter({ hasText: 'Lost the connection' }).waitFor();
  await left.context().close();
});

test('the desktop build has its three parts, and a preload script that requires only Electron', async () => {
  const out = path.join(import.meta.dirname, '../../out');
  const preload = await readFile(path.join(out, 'preload/preload.cjs'), 'utf8');
  expect(preload.match(/require\("[^"]*"\)|import\b[^\n]*/g)).toEqual(['require("electron")']);
  expect(await readFile(path.join(out, 'main/electron.js'), 'utf8')).toContain('from "electron"');
  expect(await readFile(path.join(out, 'renderer/index.html'), 'utf8')).not.toMatch(/<script[^>]*>[^<]/);
});
