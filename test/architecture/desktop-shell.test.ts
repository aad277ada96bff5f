import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

// Electron's program cannot be run everywhere, so these tests read the shell's sources and its packaging file. They
// prove that the protections are requested and that no call that bypasses them is in the sources; not that they hold.

const root = path.join(import.meta.dirname, '../..');
const shell = path.join(root, 'src-main/host/electron');

test('the packaged program can neither be run as Node.js nor be made to load other code', async () => {
  const fuses = Object.fromEntries(
    [...(await readFile(path.join(root, 'electron-builder.yml'), 'utf8')).matchAll(/^ {2}(\w+): (true|false)$/gm)].map(
      ([, name, value]) => [name, value === 'true'],
    ),
  );
  expect(fuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

test('the shell enables every protection before it opens a window', async () => {
  const main = await readFile(path.join(shell, 'main.ts'), 'utf8');
  for (const call of [
    'app.enableSandbox()',
    'app.requestSingleInstanceLock()',
    "app.on('web-contents-created', (_, contents) => guardContents(contents))",
    'guardSession(session.defaultSession)',
    '...windowOptions(',
  ]) {
    expect(main).toContain(call);
  }
  expect(main.indexOf('guardSession(')).toBeLessThan(main.indexOf('openWindow();'));
});

test('the shell loads one address and handles one message', async () => {
  const main = await readFile(path.join(shell, 'main.ts'), 'utf8');
  expect(main.match(/\.load\w+\(/g)).toEqual(['.loadURL(']);
  expect(main).toMatch(/\.loadURL\(`\$\{pageOrigin\}\/\$\{place\}`\)/);
  // Apart from the first page there is only one place it can be, without a path in it.
  expect(main.match(/`#[^`]*`/g)).toHaveLength(1);
  expect(main).toMatch(/`#\$\{menuPlaces\.import\}\?\$\{new URLSearchParams\(\{ file: fileId, name \}\)\}`/);
  expect(main.match(/ipcMain\.\w+\('[^']*'/g)).toEqual(["ipcMain.on('adapter-studio:port'"]);
  expect(main).not.toMatch(/openExternal|executeJavaScript|insertCSS|webContents\.send|loadExtension/);
});

test('the menu and notifications open only routes of the page', async () => {
  const actions = await readFile(path.join(shell, 'desktop-actions.ts'), 'utf8');
  const loads = actions.match(/\.load\w+\([^)]*\)?/g) ?? [];
  expect(loads.length).toBeGreaterThan(0);
  for (const load of loads) expect(load).toMatch(/^\.loadURL\(`\$\{pageOrigin\}\/#/);
  expect(actions).not.toMatch(/openExternal|executeJavaScript|insertCSS|webContents\.send|loadExtension/);
});

test('the preload script passes one port and exposes nothing to the page', async () => {
  const preload = await readFile(path.join(shell, 'preload.cts'), 'utf8');
  expect(preload.match(/require\('[^']*'\)/g)).toEqual(["require('electron')"]);
  expect(preload.match(/ipcRenderer\.\w+/g)).toEqual(['ipcRenderer.postMessage']);
  expect(preload).not.toMatch(/contextBridge|process\.|globalThis/);
  expect(preload.split('\n').length).toBeLessThan(15);
});

test('the page has the same content security policy as its responses', async () => {
  const { pageHeaders } = await import('../../src-main/host/page-headers.ts');
  const index = await readFile(path.join(root, 'src-renderer/index.html'), 'utf8');
  const inPage = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(index)?.[1];
  // A page's own meta tag cannot forbid framing; only the response header can.
  expect(pageHeaders['content-security-policy']).toBe(`${inPage}; frame-ancestors 'none'`);
});
