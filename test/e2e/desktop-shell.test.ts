import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The built desktop shell, run by Node.js with a stand-in for the `electron` module: main and preload bundle, menus,
// dialogs, taskbar, notifications and guards do what they should with what Electron would give them.
// test/e2e/desktop-window.test.ts drives the real window where Electron's program and a screen are available.

const scratch = mkdtempSync(path.join(tmpdir(), 'adapter-studio-shell-'));
const home = path.join(scratch, 'home');
// biome-ignore lint/suspicious/noExplicitAny: what the script prints is read as it is; the expectations say its shape.
let seen: any;

beforeAll(() => {
  seen = runShell();
}, 180_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('enables every protection before a window opens', () => {
  expect(seen.before.indexOf('app.enableSandbox')).toBeLessThan(seen.before.indexOf('app.whenReady'));
  expect(seen.before.indexOf('protocol.registerSchemesAsPrivileged')).toBeLessThan(
    seen.before.indexOf('app.whenReady'),
  );
  expect(seen.options.webPreferences).toMatchObject({
    ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false },
    preload: path.join(import.meta.dirname, '../../out/preload/preload.cjs'),
  });
});

test('serves only the built page, under its content security policy', () => {
  expect(seen.page.own).toMatchObject({ status: 200, policy: expect.stringContaining("default-src 'none'") });
  for (const other of ['outside', 'encoded', 'other']) expect(seen.page[other].status).toBe(404);
  expect(seen.page.post.status).toBe(405);
});

test('denies navigation, new windows, permissions, foreign requests and downloads', () => {
  expect(seen.guards.navigations).toEqual([true, true, true, true]);
  expect(seen.guards.newWindow).toEqual({ action: 'deny' });
  // The last is for the page's own buttons that copy: they did nothing, without a word.
  expect(seen.guards.permissions).toEqual([...new Array(5).fill([false, false]), [true, true]]);
  expect(seen.guards.device).toBe(false);
  expect(seen.guards.requests.map(({ cancel }: { cancel: boolean }) => cancel)).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
  expect(seen.guards.downloads).toEqual([true, false]);
});

test('answers only one port of the page’s own top frame, which may name no path', () => {
  expect(seen.passed).toEqual([{ name: 'adapter-studio:port', data: null, ports: 1 }]);
  expect(seen.strangersAnswered).toEqual([false, false, false]);
  expect(seen.status).toEqual({ dataFolder: home, canChoosePath: true });
  expect(seen.pathFromPage).toBe('NOT_ALLOWED');
});

test('the menu navigates, shows the data folder and backs it up with progress', () => {
  expect(seen.places).toEqual(
    ['/', '/datasets/import', '/train/new', '/chat?conversation=new', '/settings'].map(
      (place) => `app://studio/#${place}`,
    ),
  );
  expect(seen.shown).toBe(home);
  expect(seen.cancelledBackup).toBe(false);
  expect(seen.backup.isThere).toBe(true);
  expect(seen.backup.progress.at(-1)).toBe(-1);
  expect(seen.backup.progress.some((share: number) => share > 0)).toBe(true);
});

test('a run shows progress on the taskbar and a notification at its end', () => {
  expect(seen.work.shares.some((share: number) => share > 0 && share <= 1)).toBe(true);
  expect(seen.work.notice).toMatchObject({ body: 'Training of Long one has ended' });
  expect(seen.afterNotice).toBe(true);
});

test('a second start brings the first window forward and opens none', () => {
  expect(seen.secondInstance).toEqual(['window.restore', 'window.focus']);
  expect(runShell({ STAND_IN_SECOND: '1' })).toEqual({ windows: 0 });
});

test('a table opened with the studio is imported without giving the page a path', () => {
  expect(seen.opened).toEqual({
    first: { shown: 'towns.csv', file: 'towns.csv', columns: ['t', 'u'] },
    second: { shown: 'rivers.csv', file: 'rivers.csv', columns: ['r', 's'] },
    mac: { shown: 'lakes.tsv', file: 'lakes.tsv', columns: ['l', 'm'] },
  });
  expect(seen.loaded).not.toContain(encodeURIComponent(scratch));
  expect(seen.goneTable).toEqual(['Adapter Studio', expect.stringContaining('gone.csv')]);
  expect(seen.pathOpenedFromPage).toBe('NOT_ALLOWED');
});

test('another data folder is chosen in the system dialog, and the program restarts with it', () => {
  expect(seen.nothingChosen).toBe(null);
  expect(seen.chosen).toBe(true);
  expect(seen.relaunch.args.join(' ')).not.toContain('towns.csv');
  expect(seen.relaunch.args).toContain(`--opened-home=${path.join(scratch, 'backup', 'Next')}`);
  expect(seen.ending.at(-1)).toBe('app.exit');
  expect(seen.errorBoxes).toEqual([]);
});

function runShell(env: NodeJS.ProcessEnv = {}) {
  mkdirSync(scratch, { recursive: true });
  const driver = path.join(import.meta.dirname, '../desktop/run-shell.ts');
  const person = path.join(scratch, 'person');
  const table = path.join(scratch, 'towns.csv');
  writeFileSync(table, 't,u\n1,2\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [driver, '--home', home, table], {
    encoding: 'utf8',
    timeout: 170_000,
    env: {
      ...{ ...process.env, ...env, HOME: person, XDG_DATA_HOME: person, USERPROFILE: person },
      ...{ STAND_IN_SCRATCH: scratch, STAND_IN_USER_DATA: scratch },
    },
  });
  if (status !== 0) throw new Error(`The shell ended with status ${status}.\n${stdout}\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
