// A data folder that is moved away from its usual place: the next start finds it, and nothing of it is left behind.
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Contract } from '../../src-contract/contract.ts';
import { launchBrowser } from '../browser/launch-browser.ts';
import { startStudio } from '../browser/start-studio.ts';
import { openWatchedPage } from '../browser/watched-page.ts';

const person = mkdtempSync(path.join(tmpdir(), 'adapter-studio-person-'));
const documents = path.join(person, 'Documents');
/** On another disk, where the system has one in memory. */
const far = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'adapter-studio-far-'));
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
  for (const folder of [person, far]) rmSync(folder, { recursive: true, force: true });
});

// Regression: it was noted down only once it was open, and if the studio was killed before, an empty one opened next.
test('a folder whose studio is killed while it is opened at its new place is opened at the next start', async () => {
  const first = await startStudio({ home, env, cwd });
  const { page } = await openWatchedPage(browser, first.url);
  await move(page);
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

// Regression: what another window changed while the copy was already there was only in the old folder.
test('whatever is confirmed while a folder is moved to another disk is at its new place', async () => {
  const studio = await startStudio({ home: path.join(person, 'near'), env: { ...env, HOME: far, USERPROFILE: far } });
  const { page } = await openWatchedPage(browser, studio.url);
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  const client = await clientOf(page);
  const [base] = await client.baseModels.list();
  const baseModelId = base?.id ?? '';
  const { places } = await client.dataFolders.list();
  const placeId = places.find((place) => place.path === far)?.id ?? '';
  // Until it is copied.
  await Array.fromAsync(await client.dataFolders.move({ placeId, name: 'Moved' }));
  const moved = path.join(far, 'Moved');
  const confirmed: string[] = [];
  const created = () => client.chat.createConversation({ baseModelId });
  // Until the studio closes, and its connections with it.
  for (let last = await created().catch(() => undefined); last; last = await created().catch(() => undefined))
    confirmed.push(last.id);
  await page.getByRole('main').getByText(moved, { exact: true }).waitFor();
  const there = await (await clientOf(page)).chat.conversations();
  expect(there.map(({ id }) => id).toSorted()).toEqual(confirmed.toSorted());
  await page.context().close();
  expect(await studio.stop()).toBe(0);
});

// Regression: the whole copy remained, and was shown nowhere.
test('a copy on another disk whose studio is killed while it is opened is offered at the next start', async () => {
  const first = await startStudio({ home, env: { ...env, HOME: far, USERPROFILE: far }, cwd });
  const { page } = await openWatchedPage(browser, first.url);
  const client = await clientOf(page);
  const { places } = await client.dataFolders.list();
  const placeId = places.find((place) => place.path === far)?.id ?? '';
  await Array.fromAsync(await client.dataFolders.move({ placeId, name: 'Copied' }));
  const copied = path.join(far, 'Copied');
  const locks = path.join(copied, 'locks');
  while (!existsSync(locks) || readdirSync(locks).length === 0) await setImmediate();
  await first.kill();
  await page.context().close();

  const second = await startStudio({ home, env, cwd });
  const next = await openWatchedPage(browser, second.url);
  const { studios } = await (await clientOf(next.page)).dataFolders.list();
  expect(studios.map((folder) => folder.path)).toContain(copied);
  await next.page.context().close();
  expect(await second.stop()).toBe(0);
});

async function move(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await page.getByLabel('Folder name').fill('Moved');
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click();
}

/** What a second window would ask, on a connection of its own. */
async function clientOf(page: Page): Promise<ContractRouterClient<Contract>> {
  const { origin, host } = new URL(page.url());
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const [key = ''] = (await page.evaluate(() => localStorage.getItem('studio.socketKey') ?? '')).split('.');
  const socket = new WebSocket(`ws://${host}/contract`, [key], { headers: { origin, cookie } });
  // The studio's greeting.
  await once(socket, 'message');
  // Sound: only events are used, which are those of a browser's socket.
  return createORPCClient(new RPCLink({ websocket: socket as never }));
}
