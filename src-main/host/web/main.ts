// The web host: the studio for a browser on this machine. It prints the address, with a token that works once, and runs
// until it is told to stop.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { StudioError } from '../../../src-contract/errors.ts';
import { type App, createApp } from '../../app.ts';
import { EngineSettingsFile } from '../engine-settings.ts';
import { startEngineThread } from '../engine-thread.ts';
import { openEndpoint } from '../openai/open-endpoint.ts';
import type { OpenaiServer } from '../openai/openai-server.ts';
import { superviseEngine } from '../supervised-engine.ts';
import { usualDataFolder } from '../usual-data-folder.ts';
import { openBrowser } from './open-browser.ts';
import { servePage } from './page-server.ts';

const { home, port, open, openai } = new Command('adapter-studio-web')
  .description('Serves Adapter Studio to a browser on this machine.')
  .option('--home <folder>', 'the data folder (or the environment variable ADAPTER_STUDIO_HOME)', usualDataFolder())
  .option('--port <number>', 'the port on 127.0.0.1; 0 takes a free one', portOf, 0)
  .option('--no-open', 'do not open a browser')
  .option('--openai', 'answer OpenAI’s requests too, as long as this runs')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ home: string; port: number; open: boolean; openai?: boolean }>();

try {
  await serve();
} catch (error) {
  if (error instanceof StudioError) process.stderr.write(`${error.message} ${error.hint}\n`);
  else if (isPortTaken(error)) process.stderr.write(`Port ${port} is in use. Choose another one, or none: --port 0.\n`);
  else throw error;
  process.exit(1);
}

async function serve(): Promise<void> {
  const dataDir = path.resolve(home);
  mkdirSync(dataDir, { recursive: true });
  // Beside this file when built; from source the same places are elsewhere.
  const isBuilt = import.meta.url.endsWith('.js');
  const place = (built: string, source: string) => new URL(isBuilt ? built : source, import.meta.url);

  const engineSettings = new EngineSettingsFile(dataDir);
  const engineEntry = place('./engine-process.js', '../../engine/engine-process.ts');
  const { engine, stop: stopEngine } = superviseEngine(() =>
    startEngineThread(engineEntry, engineSettings.environment(process.env, { besidePage: true })),
  );
  const resourcesDir = fileURLToPath(place('../../resources', '../../../resources'));
  const app = await createApp({ dataDir, resourcesDir, engine, engineSettings, openEndpoint, takesUpWork: true });
  const pageFolder = fileURLToPath(place('../renderer', '../../../out/renderer'));
  const server = await servePage({ router: app.router, pageFolder, port });

  const endpoint = openai ? await openOnce(app) : undefined;
  process.stdout.write(`Adapter Studio is at ${server.url}\n`);
  if (endpoint) process.stdout.write(`OpenAI-compatible address: ${endpoint.url} key: ${endpoint.key}\n`);
  if (open) openBrowser(server.url);

  await toldToStop();
  // Pages first: what is attached to them ends with them. The engine last: a run writes its checkpoint through it.
  await server.close();
  await endpoint?.close();
  await app.close();
  await stopEngine();
  process.exit(0);
}

/** The address for other programs, with a key of its own, whatever the settings say. */
async function openOnce(app: App): Promise<OpenaiServer & { key: string }> {
  const key = `as-${randomBytes(24).toString('base64url')}`;
  return { ...(await openEndpoint({ router: app.router, port: 0, key })), key };
}

/** A second request, a second or more after the first, ends the process at once; a terminal may send one thrice. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const stop = () => {
      firstMs ??= Date.now();
      if (Date.now() - firstMs > 1_000) process.exit(130);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
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
