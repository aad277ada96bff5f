// The web host: the studio for a browser on this machine. It prints the address, with a one-time token, and runs until
// it is told to stop.
import { renameSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRouterClient } from '@orpc/server';
import { Command, InvalidArgumentError } from 'commander';
import { StudioError } from '../../../src-contract/errors.ts';
import { type KeptFailure, keptFailureOf } from '../../../src-contract/kept-failure.ts';
import { type App, createApp, type FolderHost, moveDataFolder } from '../../app.ts';
import { waitForHeldFiles } from '../../files/held-files.ts';
import { startEngineChild } from '../engine-child.ts';
import { EngineSettingsFile } from '../engine-settings.ts';
import { openEndpoint } from '../openai/open-endpoint.ts';
import { OpenedFolder, personalPlaces } from '../opened-folder.ts';
import { PageNotBuilt } from '../page-files.ts';
import type { ServeFailure } from '../serve-failure.ts';
import { superviseEngine } from '../supervised-engine.ts';
import { FolderChanges } from './folder-changes.ts';
import { keepLastPort, readLastPort } from './last-port.ts';
import { openBrowser } from './open-browser.ts';
import { servePage } from './page-server.ts';

waitForHeldFiles();
const { home, port, open, openai } = new Command('adapter-studio-web')
  .description('Serves Adapter Studio to a browser on this computer.')
  .option('--home <folder>', 'the data folder (or the environment variable ADAPTER_STUDIO_HOME)')
  .option('--port <number>', 'port on 127.0.0.1, 0 for any free one (default: the last one used, if free)', portOf)
  .option('--no-open', 'do not open a browser')
  .option('--openai', 'answer other programs too, as long as this runs, even if the settings have it off')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ home?: string; port?: number; open: boolean; openai?: boolean }>();

// Next to this file when built; elsewhere when run from source.
const isBuilt = import.meta.url.endsWith('.js');
const place = (built: string, source: string) => new URL(isBuilt ? built : source, import.meta.url);
const engineEntry = place('./engine-process.js', '../../engine/engine-process.ts');
const resourcesDir = fileURLToPath(place('../../resources', '../../../resources'));
const pageFolder = fileURLToPath(place('../renderer', '../../../out/renderer'));

interface OpenStudio {
  readonly app: App;
  readonly dataDir: string;
  close(): Promise<void>;
}

try {
  await serve();
} catch (error) {
  endWith(error);
}

async function serve(): Promise<void> {
  const opened = new OpenedFolder();
  // An empty variable names nothing, and not the folder that this happens to be started in.
  const named = home ?? (process.env.ADAPTER_STUDIO_HOME || undefined);
  // A folder named for this start says nothing about the next one.
  const remembered = named === undefined ? opened : undefined;
  /** Folders opened since the start and closed again. */
  const earlier = new Set<string>();
  let studio = await openFolder(path.resolve(named ?? opened.start));
  const at = (chosen: number) => servePage({ router: studio.app.router, pageFolder, port: chosen });
  const last = port === undefined ? readLastPort(studio.dataDir) : undefined;
  const server = await (last === undefined ? at(port ?? 0) : at(last).catch(() => at(0)));
  keepLastPort(studio.dataDir, portIn(server.url));

  const changes = new FolderChanges(change, endWith);
  /** Of the last change: its page asks for it once it is reconnected. */
  let failure: KeptFailure | undefined;

  /** Closes the studio and opens another folder, or the previous one again if that fails. */
  async function change({ folder, move, catchUp }: Parameters<FolderHost['change']>[0]): Promise<void> {
    const before = studio.dataDir;
    failure = undefined;
    if (!move) earlier.add(before);
    server.answerWith(undefined);
    await studio.close();
    let isMoved = false;
    try {
      if (move) {
        // Before it is moved, and before it is opened: killed meanwhile, the next start would find nothing where it was.
        remembered?.expectMove(before, folder);
        moveDataFolder(before, folder);
        isMoved = true;
        remembered?.remember(folder);
      }
      await catchUp?.();
      if (!move) remembered?.list(folder);
      studio = await openFolder(folder);
      if (!move) remembered?.remember(folder);
    } catch (error) {
      // A StudioError is shown on the page.
      if (!(error instanceof StudioError)) console.error(`The data folder ${folder} cannot be opened.`, error);
      failure = keptFailureOf(error);
      if (isMoved) {
        remembered?.makeWay(before);
        renameSync(folder, before);
        remembered?.remember(before);
      } else if (move) remembered?.forgetMove();
      studio = await openFolder(before);
    }
    server.answerWith(studio.app.router);
    keepLastPort(studio.dataDir, portIn(server.url));
    await tellOpenai();
  }

  let lastTold = '';
  /** Each folder has an address and a key of its own: programs get to the models of the one they were told of. */
  async function tellOpenai(): Promise<void> {
    if (!openai) return;
    const { endpoint } = createRouterClient(studio.app.router, { context: { caller: 'trusted' } });
    const { url, key, problem } = await endpoint.get();
    const line = url === null ? `${problem}` : `${url} key: ${key}`;
    if (line === lastTold) return;
    lastTold = line;
    if (url === null) process.stderr.write(`The OpenAI-compatible address could not be opened: ${line}\n`);
    else process.stdout.write(`OpenAI-compatible address: ${line}\n`);
  }

  async function openFolder(dataDir: string): Promise<OpenStudio> {
    const engineSettings = new EngineSettingsFile(dataDir);
    const { engine, stop: stopEngine } = superviseEngine(() =>
      startEngineChild(engineEntry, engineSettings.environment(process.env, { besidePage: true })),
    );
    const folders: FolderHost = {
      places: () => personalPlaces(),
      known: () => [...earlier, ...opened.known],
      change: (to) => changes.begin(to),
      failure: () => failure,
    };
    try {
      const app = await createApp({
        ...{ dataDir, resourcesDir, engine, engineSettings, folders, takesUpWork: true },
        ...{ openEndpoint, endpointOn: openai ?? false },
      });
      // The engine last: a run writes its checkpoint through it.
      return { app, dataDir, close: () => app.close().then(stopEngine) };
    } catch (error) {
      await stopEngine();
      throw error;
    }
  }

  process.stdout.write(`Adapter Studio is at ${server.url}\n`);
  await tellOpenai();
  if (open) openBrowser(server.url);

  await toldToStop();
  // Pages first: work attached to them ends with them.
  await server.close();
  await changes.close();
  await studio.close();
  process.exit(0);
}

/** Ends the process with a message that helps the person, if the cause is known; the command line tells it itself. */
function endWith(error: unknown): void {
  const failure = failureOf(error);
  if (failure === undefined) console.error(error);
  else if (process.send) {
    process.send(failure, () => process.exit(1));
    return;
  } else process.stderr.write(`${failure.message} ${failure.hint}\n`);
  process.exit(1);
}

function failureOf(error: unknown): ServeFailure | undefined {
  if (error instanceof StudioError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof PageNotBuilt)
    return { code: 'PAGE_NOT_BUILT', message: error.message, hint: 'Make it with: npm run build' };
  if (isPortTaken(error)) {
    const hint = 'Choose another one, or let the studio choose: --port 0.';
    return { code: 'PORT_IN_USE', message: `Port ${port} is in use.`, hint };
  }
  return undefined;
}

function portIn(url: string): number {
  return Number(new URL(url).port);
}

/** A second signal, a second or more after the first, ends the process at once; a terminal may send one three times. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const stop = () => {
      firstMs ??= Date.now();
      if (Date.now() - firstMs > 1_000) process.exit(130);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    // The command that started this process is gone without notice: left running, it would keep the data folder locked.
    process.once('disconnect', () => {
      firstMs ??= Date.now();
      resolve();
    });
  });
}

function portOf(word: string): number {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('It is not a port.');
  return number;
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
