// Runs the built desktop shell on Node.js with a stand-in for Electron, does what a person and a hostile page would do,
// and prints the outcome as one JSON object. Run by test/e2e/desktop-shell.test.ts, as a process of its own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../src-contract/contract.ts';
import * as electron from './electron-stand-in.ts';

const standIn = pathToFileURL(path.join(import.meta.dirname, 'electron-stand-in.ts')).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context),
});
const out = path.join(import.meta.dirname, '../../out');
const scratch = process.env.STAND_IN_SCRATCH as string;
const seen: Record<string, unknown> = {};
const named = (name: string) => electron.calls.filter((call) => call.name === name).map(({ args }) => args);
const until = async (isSo: () => boolean, what: string) => {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 1_200) throw new Error(`Waited in vain: ${what}.`);
    await setTimeout(50);
  }
};

await import(pathToFileURL(path.join(out, 'main/electron.js')).href);
if (process.env.STAND_IN_SECOND === '1') {
  await setTimeout(500);
  seen.windows = electron.windows.length;
  finish();
}
await until(() => electron.windows.length > 0 && electron.menu.length > 0, 'a window and a menu');
const window = electron.windows[0] as electron.BrowserWindow;
seen.before = electron.calls.map(({ name }) => name);
seen.options = named('window.new')[0]?.[0];
seen.loaded = named('window.loadURL')[0]?.[0];
seen.schemes = named('protocol.registerSchemesAsPrivileged')[0]?.[0];

// The page's own address, and paths next to it.
const answer = electron.schemes.get('app') as (request: Request) => Promise<Response>;
const ask = async (url: string, init?: RequestInit) => {
  const response = await answer(new Request(url, init));
  return { status: response.status, policy: response.headers.get('content-security-policy') };
};
seen.page = {
  own: await ask('app://studio/'),
  outside: await ask('app://studio/../main/electron.js'),
  encoded: await ask('app://studio/%2e%2e/package.json'),
  other: await ask('app://elsewhere/'),
  post: await ask('app://studio/', { method: 'POST' }),
};

// What a compromised page would try, and the one thing that the page may do.
const copying = 'clipboard-sanitized-write';
const stopped = (name: string) => {
  let isStopped = false;
  window.webContents.emit(name, { preventDefault: () => (isStopped = true) });
  return isStopped;
};
const { defaultSession } = electron.session;
const decided = (ask: (decide: (decision: unknown) => void) => void) => {
  let decision: unknown;
  ask((given) => (decision = given));
  return decision;
};
const download = (url: string) => {
  let isStopped = false;
  defaultSession.emit('will-download', { preventDefault: () => (isStopped = true) }, { getURL: () => url });
  return isStopped;
};
seen.guards = {
  navigations: ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'].map(stopped),
  newWindow: window.webContents.openHandler?.(),
  permissions: ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', copying].map(
    (permission) => [
      decided((decide) => defaultSession.request?.({}, permission, decide)),
      defaultSession.check?.({}, permission),
    ],
  ),
  device: defaultSession.device?.(),
  requests: [
    'https://studio.example/',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'ws://studio.example/',
    'app://studio/',
  ].map((url) => decided((decide) => defaultSession.before?.({ url }, decide))),
  downloads: [download('https://studio.example/x.exe'), download('blob:app://studio/made-here')],
};

// The preload script, in its own world, passes on the page's only port; a second or foreign one is ignored.
const listeners: ((event: unknown) => void)[] = [];
const passed: [string, unknown, MessagePort[]][] = [];
const world = {
  addEventListener: (_: string, listener: (event: unknown) => void) => listeners.push(listener),
  removeEventListener: (_: string, listener: (event: unknown) => void) =>
    listeners.splice(listeners.indexOf(listener), 1),
};
vm.runInNewContext(readFileSync(path.join(out, 'preload/preload.cjs'), 'utf8'), {
  window: world,
  module: {},
  exports: {},
  require: (name: string) => {
    if (name !== 'electron') return createRequire(import.meta.url)('node:no-such-module');
    return { ipcRenderer: { postMessage: (...args: [string, unknown, MessagePort[]]) => passed.push(args) } };
  },
});
const { port1, port2 } = new MessageChannel();
for (const event of [
  { source: {}, data: 'adapter-studio:port', ports: [port2] },
  { source: world, data: 'something else', ports: [port2] },
  { source: world, data: 'adapter-studio:port', ports: [] },
  { source: world, data: 'adapter-studio:port', ports: [port2] },
  { source: world, data: 'adapter-studio:port', ports: [new MessageChannel().port2] },
]) {
  for (const listener of [...listeners]) listener(event);
}
seen.passed = passed.map(([name, data, ports]) => ({ name, data, ports: ports.length }));
const strangers = [null, { origin: 'app://studio' }, { ...window.webContents.mainFrame }].map((senderFrame) => {
  let isStarted = false;
  const port = Object.assign(new EventTarget(), { start: () => (isStarted = true), postMessage: () => {} });
  electron.ipcMain.emit('adapter-studio:port', { senderFrame, ports: [port] });
  return isStarted;
});
seen.strangersAnswered = strangers;
electron.ipcMain.emit('adapter-studio:port', { senderFrame: window.webContents.mainFrame, ports: [port2] });
port1.start();
const page: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ port: port1 }));
const { dataFolder, canChoosePath } = await page.studio.status();
seen.status = { dataFolder, canChoosePath };
seen.pathFromPage = await page.studio.backup({ out: '/tmp/any' }).then(
  async (events) =>
    await Array.fromAsync(events).then(
      () => 'done',
      (error: { code: string }) => error.code,
    ),
  (error: { code: string }) => error.code,
);

// The menu, as a person uses it.
const items = electron.menu.flatMap(({ submenu = [] }) => submenu);
const press = (label: string) => items.find((item) => item.label === label)?.click?.();
seen.menu = electron.menu.map(({ label, role, submenu }) => label ?? role ?? submenu?.length);
const places = ['Home', 'Import a Table…', 'New Run…', 'New Conversation', 'Settings…'];
for (const place of places) press(place);
seen.places = named('window.loadURL')
  .slice(1)
  .map(([url]) => url);
press('Show Data Folder');
seen.shown = named('shell.openPath')[0]?.[0];
press('Back Up Data Folder…');
await until(() => named('dialog.showSaveDialog').length === 1, 'the dialog to save');
await setTimeout(100);
seen.cancelledBackup = named('window.setProgressBar').some(([share]) => share !== -1);
electron.answers.save = path.join(scratch, 'backup');
press('Back Up Data Folder…');
await until(() => named('shell.showItemInFolder').length === 1, 'the backup');
seen.backup = {
  isThere: existsSync(path.join(scratch, 'backup', 'studio.sqlite')),
  progress: named('window.setProgressBar').map(([share]) => share),
};

// Work while the window is not focused: the taskbar, and a notification if it took long. The clock jumps, so that
// nobody has to wait.
window.isLookedAt = false;
const [, sample] = await page.datasets.samples();
const name = (await page.datasets.samples()).find(({ task }) => task === 'mrc')?.name ?? sample?.name ?? '';
let datasetId = '';
for await (const event of await page.datasets.import({
  source: { kind: 'sample', name },
  task: 'mrc',
  name: 'Towns',
})) {
  if (event.kind === 'finished') datasetId = event.dataset.id;
}
const [base] = await page.baseModels.list();
const before = electron.calls.length;
const run = await page.runs.start({
  ...{ datasetId, baseModelId: base?.id ?? '', name: 'Long one', preset: 'quick', evaluateAfter: false },
  options: { maxSteps: 40, batchSize: 2, sampleRows: 0 } as never,
});
for await (const event of await page.runs.watch({ id: run.id })) {
  if (event.kind !== 'step' || event.step !== 8) continue;
  const now = performance.now.bind(performance);
  performance.now = () => now() + 60_000;
}
await until(() => electron.notices.length > 0, 'the notice');
seen.work = {
  shares: electron.calls.slice(before).flatMap(({ name, args }) => (name === 'window.setProgressBar' ? [args[0]] : [])),
  notice: named('notification.show')[0]?.[0],
};
electron.notices[0]?.emit('click');
seen.afterNotice = named('window.loadURL').at(-1)?.[0] === `app://studio/#/train/${run.id}`;

electron.app.emit('second-instance', {}, ['/opt/studio'], '/');
seen.secondInstance = electron.calls.slice(-2).map(({ name }) => name);

// Tables opened with the studio: at its start, by a second instance, and by macOS's event.
const importAddress = (url: unknown) => /^app:\/\/studio\/#\/datasets\/import\?(.*)$/.exec(String(url))?.[1];
const opened = async (url: unknown) => {
  const query = new URLSearchParams(importAddress(url));
  const { file, columns } = await page.datasets.inspect({
    source: { kind: 'upload', fileId: query.get('file') ?? '' },
  });
  return { shown: query.get('name'), file: file.name, columns: columns.map(({ name }) => name) };
};
const loads = () => named('window.loadURL');
const loadAfter = async (act: () => void) => {
  const before = loads().length;
  act();
  await until(() => loads().length > before, 'the import page');
  return await opened(loads().at(-1)?.[0]);
};
const table = (name: string, text: string) => {
  const file = path.join(scratch, name);
  writeFileSync(file, text);
  return file;
};
seen.opened = {
  first: await opened(seen.loaded),
  second: await loadAfter(() => {
    electron.app.emit(
      'second-instance',
      {},
      ['/opt/studio', 'rivers.csv'],
      path.dirname(table('rivers.csv', 'r,s\n1,2\n')),
    );
  }),
  mac: await loadAfter(() => {
    electron.app.emit('open-file', { preventDefault: () => {} }, table('lakes.tsv', 'l\tm\n1\t2\n'));
  }),
};
electron.app.emit('open-file', { preventDefault: () => {} }, path.join(scratch, 'gone.csv'));
await until(() => named('dialog.showErrorBox').length > 0, 'what is said of a table that is gone');
seen.goneTable = named('dialog.showErrorBox').pop();
seen.pathOpenedFromPage = await page.files.open({ path: '/etc/hosts' }).catch((error: { code: string }) => error.code);

// Another data folder, by the page's own buttons and the system's dialog.
electron.answers.open = undefined;
seen.nothingChosen = await page.dataFolders.choose();
electron.answers.open = path.join(scratch, 'backup');
const chosen = await page.dataFolders.choose();
seen.chosen = chosen?.path === electron.answers.open;
const { places: known } = await page.dataFolders.list();
await page.dataFolders.create({ placeId: known.find(({ path }) => path === chosen?.path)?.id ?? '', name: 'Next' });
await until(() => named('app.exit').length > 0, 'the end');
seen.relaunch = named('app.relaunch')[0]?.[0];
seen.ending = electron.calls.slice(-3).map(({ name }) => name);
seen.errorBoxes = named('dialog.showErrorBox').slice(1);
finish();

function finish(): never {
  process.stdout.write(`\n${JSON.stringify(seen)}\n`);
  process.exit(0);
}
