// Replaces the `electron` module where Electron's program is not available: it records the shell's calls and lets a
// script play the system's part. It proves what the shell does; what Chromium then does only Electron itself can show.
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** The calls in order, with their arguments: `app.enableSandbox`, `window.loadURL` and so on. */
export const calls: { readonly name: string; readonly args: readonly unknown[] }[] = [];
/** The next answers of the system's dialogs. */
export const answers: { save?: string | undefined; open?: string | undefined } = {};

function record<Result>(name: string, result?: Result): (...args: readonly unknown[]) => Result {
  return (...args) => {
    calls.push({ name, args });
    return result as Result;
  };
}

class App extends EventEmitter {
  isPackaged = false;
  enableSandbox = record('app.enableSandbox');
  setPath = record('app.setPath');
  relaunch = record('app.relaunch');
  exit = record('app.exit');
  requestSingleInstanceLock = record('app.requestSingleInstanceLock', process.env.STAND_IN_SECOND !== '1');
  getLocale = () => process.env.STAND_IN_LANGUAGE ?? 'en-GB';
  getPath = () => process.env.STAND_IN_USER_DATA as string;
  whenReady = async () => record('app.whenReady')();
  quit(): void {
    record('app.quit')();
    this.emit('will-quit', { preventDefault: record('will-quit.preventDefault') });
  }
}

export class WebContents extends EventEmitter {
  readonly mainFrame = { origin: 'app://studio' };
  openHandler: (() => unknown) | undefined;
  setWindowOpenHandler(handler: () => unknown): void {
    this.openHandler = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  isLookedAt = true;
  constructor(options: unknown) {
    super();
    record('window.new')(options);
    windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
    setImmediate(() => this.emit('ready-to-show'));
  }
  isDestroyed = () => false;
  isFocused = () => this.isLookedAt;
  isMinimized = () => true;
  isMaximized = () => false;
  getNormalBounds = () => ({ x: 0, y: 0, width: 1280, height: 840 });
  loadURL = record('window.loadURL');
  show = record('window.show');
  focus = record('window.focus');
  restore = record('window.restore');
  maximize = record('window.maximize');
  setProgressBar = record('window.setProgressBar');
}
export const windows: BrowserWindow[] = [];

class SystemNotice extends EventEmitter {
  show: () => void;
  constructor(options: unknown) {
    super();
    this.show = () => {
      record('notification.show')(options);
      notices.push(this);
    };
  }
}
export const notices: EventEmitter[] = [];

/** What a utility process gets from Electron, run before its own file. */
const utilityThread = `
  const { parentPort, workerData } = require('node:worker_threads');
  process.parentPort = {
    postMessage: (message) => parentPort.postMessage(message),
    on: (event, listener) => parentPort.on(event, (data) => listener({ data })),
  };
  import(workerData);`;

/** The engine and the queries each run in a thread instead of a utility process: same built files, same messages. */
class Child extends EventEmitter {
  readonly #worker: Worker;
  constructor(entry: string, options: { env?: NodeJS.ProcessEnv }) {
    super();
    const workerData = pathToFileURL(entry).href;
    this.#worker = new Worker(utilityThread, { eval: true, env: options.env ?? {}, workerData });
    this.#worker.on('message', (data) => this.emit('message', data));
    this.#worker.once('exit', (code) => this.emit('exit', code));
  }
  postMessage(message: unknown): void {
    this.#worker.postMessage(message);
  }
  kill(): boolean {
    void this.#worker.terminate();
    return true;
  }
}

type Decide = (decision: unknown) => void;
class Session extends EventEmitter {
  request: ((contents: unknown, permission: string, decide: Decide) => void) | undefined;
  check: ((contents: unknown, permission: string) => boolean) | undefined;
  device: (() => boolean) | undefined;
  before: ((request: { url: string }, decide: Decide) => void) | undefined;
  setPermissionRequestHandler(handler: NonNullable<Session['request']>): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: NonNullable<Session['check']>): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.device = handler;
  }
  readonly webRequest = {
    onBeforeRequest: (handler: NonNullable<Session['before']>): void => {
      this.before = handler;
    },
  };
}

export const app = new App();
export const ipcMain = new EventEmitter();
export const session = { defaultSession: new Session() };
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const shell = { openPath: record('shell.openPath'), showItemInFolder: record('shell.showItemInFolder') };
export const dialog = {
  showErrorBox: record('dialog.showErrorBox'),
  async showSaveDialog(...args: unknown[]) {
    record('dialog.showSaveDialog')(...args);
    return { canceled: answers.save === undefined, filePath: answers.save ?? '' };
  },
  async showOpenDialog(...args: unknown[]) {
    record('dialog.showOpenDialog')(...args);
    return { canceled: answers.open === undefined, filePaths: answers.open === undefined ? [] : [answers.open] };
  },
};
interface MenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly submenu?: readonly MenuItem[];
  readonly click?: () => void;
}
export const menu: MenuItem[] = [];
export const Menu = {
  buildFromTemplate: (template: readonly MenuItem[]) => template,
  setApplicationMenu: (template: readonly MenuItem[]) => void menu.splice(0, menu.length, ...template),
};
type Answer = (request: Request) => Promise<Response>;
export const schemes = new Map<string, Answer>();
export const protocol = {
  registerSchemesAsPrivileged: record('protocol.registerSchemesAsPrivileged'),
  handle: (scheme: string, answer: Answer) => void schemes.set(scheme, answer),
};
export const Notification = SystemNotice;
export const utilityProcess = {
  fork(entry: string, _args: unknown, options: { env?: NodeJS.ProcessEnv; serviceName?: string }) {
    record('utilityProcess.fork')(entry, options.serviceName);
    return new Child(entry, options);
  },
};
