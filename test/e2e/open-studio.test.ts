import { readFile } from 'node:fs/promises';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { launchBrowser } from '../browser/launch-browser.ts';
import { type RunningStudio, startStudio } from '../browser/start-studio.ts';

let browser: Browser;
let studio: RunningStudio;
let context: BrowserContext;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, studio] = await Promise.all([launchBrowser(), startStudio()]);
  context = await browser.newContext({ locale: 'en-GB' });
  page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  await page.goto(studio.url);
  await page.getByRole('navigation').first().waitFor();
});

afterAll(async () => {
  await browser?.close();
  expect(await studio?.stop()).toBe(0);
  expect(studio?.errors()).toBe('');
});

test('the token is gone from the address bar', () => {
  expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(#.*)?$/);
});

test('a second browser cannot use the same address', async () => {
  const stranger = await browser.newContext({ locale: 'en-GB' });
  const response = await (await stranger.newPage()).goto(studio.url);
  expect(response?.status()).toBe(401);
  await stranger.close();
});

const places = {
  home: paths.home(),
  datasets: paths.datasets(),
  'an import': paths.importDataset(),
  runs: paths.runs(),
  'a new run': paths.newRun(),
  adapters: paths.adapters(),
  chat: paths.chat(),
  evaluations: paths.evaluations(),
  'base models': paths.baseModels(),
  settings: paths.settings(),
};

test.each(Object.entries(places))('the page of %s opens on an empty studio, without a complaint', async (_, href) => {
  await page.goto(new URL(href, page.url()).href);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(complaints.splice(0)).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
});

test('a page that was left open says so when the studio has gone', async () => {
  const other = await startStudio();
  const left = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  await left.goto(other.url);
  await left.getByRole('navigation').first().waitFor();
  await other.stop();
  await left.getByRole('alert').waitFor();
  await left.context().close();
});

test('the build for the desktop window has its three parts, and a preload script that needs only Electron', async () => {
  const out = path.join(import.meta.dirname, '../../out');
  const preload = await readFile(path.join(out, 'preload/preload.cjs'), 'utf8');
  expect(preload.match(/require\("[^"]*"\)|import\b[^\n]*/g)).toEqual(['require("electron")']);
  expect(await readFile(path.join(out, 'main/electron.js'), 'utf8')).toContain('from "electron"');
  expect(await readFile(path.join(out, 'renderer/index.html'), 'utf8')).not.toMatch(/<script[^>]*>[^<]/);
});
