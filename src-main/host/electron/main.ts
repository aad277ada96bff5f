// The desktop window: one window on the same contract that the web host serves, with no open port.
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { app, BrowserWindow, dialog, type IpcMainEvent, ipcMain, Menu, protocol, screen, session } from 'electron';
import type { CallerContext } from '../../../src-contract/caller.ts';
import type { Contract } from '../../../src-contract/contract.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { createApp, type FolderHost, makeDataFolder, moveDataFolder } from '../../app.ts';
import { waitForHeldFiles } from '../../files/held-files.ts';
import { EngineSettingsFile } from '../engine-settings.ts';
import { openEndpoint } from '../openai/open-endpoint.ts';
import { OpenedFolder, personalPlaces } from '../opened-folder.ts';
import { listPageFiles } from '../page-files.ts';
import { superviseEngine } from '../supervised-engine.ts';
import { changeFolder, restartIfDue, stayInFolder } from './change-folder.ts';
import { desktopActions, desktopSigns } from './desktop-actions.ts';
import { startEngineUtility } from './engine-utility.ts';
import { askBeforeLeaving, leavingQuestion } from './leaving-page.ts';
import { isKorean, menuPlaces, menuTemplate } from './menu.ts';
import { openedTables } from './opened-tables.ts';
import { guardContents, guardSession, pageOrigin } from './page-guard.ts';
import { answerPage } from './page-protocol.ts';
import { startSqlUtility } from './sql-utility.ts';
import { windowOptions } from './window-options.ts';
import { readWindowState, writeWindowState } from './window-state.ts';
import { questionsOf, watchWork } from './work-watch.ts';

type StudioClient = ContractRouterClient<Contract>;

waitForHeldFiles();
const out = path.join(import.meta.dirname, '..');
const words = parseArgs({
  options: { home: { type: 'string' }, 'opened-home': { type: 'string' }, 'moved-from': { type: 'string' } },
  strict: false,
}).values;
const opened = new OpenedFolder();
const named = typeof words.home === 'string' ? words.home : process.env.ADAPTER_STUDIO_HOME || undefined;
const changedTo = typeof words['opened-home'] === 'string' ? words['opened-home'] : undefined;
const dataDir = path.resolve(changedTo ?? named ?? opened.start);
try {
  // Before anything in it is open: Windows cannot move a folder with open files.
  if (typeof words['moved-from'] === 'string') {
    // Before and after, even if it cannot be opened: the next start would find nothing where the folder was.
    if (named === undefined) opened.expectMove(words['moved-from'], dataDir);
    moveDataFolder(words['moved-from'], dataDir);
    if (named === undefined) opened.remember(dataDir);
  } else if (changedTo !== undefined && named === undefined) opened.list(dataDir);
  makeDataFolder(dataDir);
} catch (error) {
  cannotStart(error);
}
// Chromium's data is inside the data folder: a single folder to move, back up and delete.
app.setPath('userData', path.join(dataDir, 'window'));
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.enableSandbox();
app.on('web-contents-created', (_, contents) => guardContents(contents));

// macOS passes tables in an event, which may come before there is a window.
let openTable = async (file: string): Promise<void> => void openedFirst.push(file);
const openedFirst = openedTables(process.argv.slice(1), process.cwd());
app.on('open-file', (event, file) => {
  event.preventDefault();
  void openTable(file);
});

// Not awaited: Electron is only ready after this module has been evaluated.
if (app.requestSingleInstanceLock()) void openStudio();
else app.quit();

async function openStudio(): Promise<void> {
  await app.whenReady();
  try {
    const engineSettings = new EngineSettingsFile(dataDir);
    const { engine, stop: stopEngine } = superviseEngine(() =>
      startEngineUtility(
        path.join(out, 'main/engine-process.js'),
        engineSettings.environment(process.env, { besidePage: true }),
      ),
    );
    const startSqlProcess = () => startSqlUtility(path.join(out, 'main/sql-process.js'));
    const studio = await createApp({
      ...{
        dataDir,
        resourcesDir: resourcesFolder(),
        engine,
        engineSettings,
        startSqlProcess,
        openEndpoint,
        choosePath,
        folders: folderHost(),
        takesUpWork: true,
      },
    });
    closeBeforeQuit(async () => {
      await studio.close();
      await stopEngine();
      await restartIfDue((error) => dialog.showErrorBox('Adapter Studio', sentenceOf(error)));
    });
    // Only once it has been opened successfully, or the next start would fail on it too.
    if (changedTo !== undefined && named === undefined) opened.remember(dataDir);

    const files = await listPageFiles(path.join(out, 'renderer'));
    protocol.handle('app', (request) => answerPage(request, files));
    guardSession(session.defaultSession);

    const handler = new RPCHandler<CallerContext>(studio.router);
    const client = createRouterClient(studio.router, { context: { caller: 'trusted' } });
    const [table] = openedFirst;
    let window = openWindow(table === undefined ? undefined : await importPlace(table, client));
    const shown = () => {
      if (window.isDestroyed()) window = openWindow();
      return window;
    };
    const comeForward = () => {
      if (shown().isMinimized()) window.restore();
      window.focus();
    };
    openTable = async (file) => {
      const place = await importPlace(file, client);
      if (window.isDestroyed()) window = openWindow(place);
      else if (place !== undefined) load(window, place);
      comeForward();
    };
    const { platform } = process;
    const actions = desktopActions({ dataDir, client, window: shown });
    const template = menuTemplate({ platform, language: app.getLocale(), developer: !app.isPackaged, actions });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
    const watching = new AbortController();
    app.once('will-quit', () => watching.abort());
    watchWork(questionsOf(client), desktopSigns({ now: () => window, open: shown }), watching.signal).catch((error) =>
      console.error(error),
    );
    ipcMain.on('adapter-studio:port', (event) => {
      const port = portFrom(event, window);
      if (!port) return;
      const leaving = new AbortController();
      port.once('close', () => leaving.abort());
      handler.upgrade(port, { context: { caller: 'page', left: leaving.signal } });
      port.start();
    });
    app.on('second-instance', (_, words, folder) => {
      const [table] = openedTables(words, folder);
      if (table === undefined) comeForward();
      else void openTable(table);
    });
    app.on('activate', () => {
      if (window.isDestroyed()) window = openWindow();
    });
  } catch (error) {
    cannotStart(error);
  }
}

function cannotStart(error: unknown): never {
  dialog.showErrorBox('Adapter Studio cannot start', sentenceOf(error));
  app.exit(1);
  process.exit(1);
}

/** Another folder is another studio: the program puts its work away and restarts on it. */
function folderHost(): FolderHost {
  return {
    places: () => personalPlaces(),
    known: () => opened.known,
    async choose() {
      const { filePaths } = await dialog.showOpenDialog({ properties: ['openDirectory', 'createDirectory'] });
      return filePaths[0];
    },
    change: (to) => setTimeout(() => changeFolder({ ...to, from: dataDir }), 50),
  };
}

/** The page never names a path: it requests the dialog and gets the result. */
async function choosePath(what: 'folder' | 'file'): Promise<string | undefined> {
  const { filePaths } = await dialog.showOpenDialog(
    what === 'folder'
      ? { properties: ['openDirectory'] }
      : { properties: ['openFile'], filters: [{ name: 'GGUF', extensions: ['gguf'] }] },
  );
  return filePaths[0];
}

/**
 * The page's address for importing a local table, which contains an id, never a path. Undefined if there is no such
 * file.
 */
async function importPlace(file: string, client: StudioClient): Promise<string | undefined> {
  try {
    const { fileId, name } = await client.files.open({ path: file });
    return `#${menuPlaces.import}?${new URLSearchParams({ file: fileId, name })}`;
  } catch (error) {
    dialog.showErrorBox('Adapter Studio', sentenceOf(error));
    return undefined;
  }
}

function openWindow(place?: string): BrowserWindow {
  const stateFile = path.join(app.getPath('userData'), 'window.json');
  const state = readWindowState(
    stateFile,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...windowOptions(path.join(out, 'preload/preload.cjs')),
    // On Linux the window has its own icon; elsewhere it is the program's.
    ...(process.platform === 'linux' && { icon: path.join(resourcesFolder(), 'icons/icon.png') }),
    ...(state ?? { width: 1280, height: 840 }),
  });
  if (state?.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => writeWindowState(stateFile, window));
  const question = leavingQuestion({ isKorean: isKorean(app.getLocale()) });
  askBeforeLeaving(window.webContents, {
    ask: () => dialog.showMessageBoxSync(window, question),
    stayed: stayInFolder,
  });
  load(window, place);
  return window;
}

function load(window: BrowserWindow, place = ''): void {
  void window.loadURL(`${pageOrigin}/${place}`);
}

/** The port, if it is offered by the top frame of our own page. */
function portFrom(event: IpcMainEvent, window: BrowserWindow) {
  const frame = event.senderFrame;
  if (window.isDestroyed() || frame === null || frame !== window.webContents.mainFrame) return undefined;
  return frame.origin === pageOrigin && event.ports.length === 1 ? event.ports[0] : undefined;
}

/**
 * On macOS the studio stays without a window; elsewhere closing the window ends it. Either way work is put away first.
 */
function closeBeforeQuit(close: () => Promise<void>): void {
  let isClosing = false;
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (isClosing) return;
    isClosing = true;
    close().finally(() => app.exit(0));
  });
}

function resourcesFolder(): string {
  return app.isPackaged ? path.join(process.resourcesPath, 'resources') : path.join(out, '../resources');
}

function sentenceOf(error: unknown): string {
  if (error instanceof StudioError) return `${error.message}\n${error.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
