import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// Drives the real window. It needs Electron's program (`npm run electron:install`) and a screen, and is skipped if
// either is missing; then the shell is covered by the contract over a port, the static checks and its build.

const root = path.join(import.meta.dirname, '../..');
const electron = path.join(root, 'node_modules/electron');
const isInstalled = existsSync(path.join(electron, 'path.txt'));
const hasScreen = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const why = isInstalled ? 'there is no screen here' : 'Electron is not installed';

describe.skipIf(!isInstalled || !hasScreen)(`the desktop window (skipped when ${why})`, () => {
  let home: string;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'adapter-studio-desktop-'));
    const program = path.join(electron, 'dist', readFileSync(path.join(electron, 'path.txt'), 'utf8').trim());
    app = await _electron.launch({ executablePath: program, args: [root, '--home', home] });
    page = await app.firstWindow();
    await page.getByRole('navigation').first().waitFor();
  });

  afterAll(async () => {
    await app?.close();
    await rm(home, { recursive: true, force: true });
  });

  test('the studio answers the page', async () => {
    expect(page.url()).toMatch(/^app:\/\/studio\//);
    await page
      .getByRole('contentinfo')
      .getByText(/CPU|GPU/)
      .waitFor();
  });

  test('the page has no access to Node.js or Electron', async () => {
    expect(
      await page.evaluate(() => ['require', 'process', 'module', 'electron'].filter((name) => name in window)),
    ).toEqual([]);
  });

  test('new windows, foreign pages and foreign requests are blocked', async () => {
    expect(await page.evaluate(() => window.open('https://studio.example/') === null)).toBe(true);
    expect(
      await page.evaluate(() =>
        fetch('https://studio.example/').then(
          () => 'answered',
          () => 'refused',
        ),
      ),
    ).toBe('refused');
    await page.evaluate(() => location.assign('https://studio.example/'));
    expect(page.url()).toMatch(/^app:\/\/studio\//);
  });
});
