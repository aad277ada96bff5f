import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const entry = path.join(import.meta.dirname, '../../out/main/web.js');

export interface RunningStudio {
  /** The printed address, with its one-time token: for one browser context. */
  readonly url: string;
  /** The data folder. */
  readonly home: string;
  /** Everything written to standard error so far. */
  errors(): string;
  /** Sends a signal that a test has prepared the process for. */
  tell(signal: NodeJS.Signals): void;
  /** Kills the process at once, like a crash or a power cut, and keeps the data folder. */
  kill(): Promise<void>;
  /** Asks the studio to close, and resolves to its exit status. Removes the data folder if `startStudio` created it. */
  stop(): Promise<number | null>;
}

/**
 * Starts the built web host (run `npm run build` first) as a process of its own, on a fresh data folder or on `home`.
 * With `cwd`, a folder to run in, it is not told which data folder: `env` says where it looks.
 */
export async function startStudio({
  home,
  env,
  cwd,
}: {
  readonly home?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
} = {}): Promise<RunningStudio> {
  if (!existsSync(entry)) throw new Error('There is no build: run “npm run build” first.');
  const folder = home ?? (await mkdtemp(path.join(tmpdir(), 'adapter-studio-e2e-')));
  const child = spawn(process.execPath, [entry, ...(cwd === undefined ? ['--home', folder] : []), '--no-open'], {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A failing test, or a worker told to stop, must not leave a studio behind.
  const end = () => child.kill('SIGKILL');
  const leave = () => process.exit(143);
  process.once('exit', end);
  process.once('SIGTERM', leave);
  child.once('exit', () => process.off('exit', end).off('SIGTERM', leave));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const url = await Promise.race([
    printedAddress(child.stdout),
    ended.then((status) => {
      throw new Error(`The studio ended with status ${status} before it printed its address.\n${errors}`);
    }),
  ]);
  return {
    url,
    home: folder,
    errors: () => errors,
    tell: (signal) => child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const status = await ended;
      if (home === undefined) await rm(folder, { recursive: true, force: true });
      return status;
    },
  };
}

async function printedAddress(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const url = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(line)?.[0];
    if (url) {
      output.resume();
      return url;
    }
  }
  return new Promise(() => {});
}
