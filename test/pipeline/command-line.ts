// Runs the command line from source, as a process of its own, the way a script would.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { writeCopyingTable } from '../fixtures/copying-table.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';

/** The source; COMMAND_LINE=out/main/cli.js uses a build, which starts faster. */
export const commandLineEntry =
  process.env.COMMAND_LINE === undefined
    ? fileURLToPath(new URL('../../src-main/host/cli/main.ts', import.meta.url))
    : resolve(process.env.COMMAND_LINE);

export interface Outcome {
  readonly status: number | null;
  /** The only object on standard output; undefined if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: each command answers with other fields, and the tests say which.
  readonly json: any;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a command on a data folder, with `--json`. */
export function startCommand(
  home: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcess & { outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, ['--no-warnings', commandLineEntry, ...words, '--json', '--home', home], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const outcome = once(child, 'close').then(([status]): Outcome => {
    const lines = stdout.split('\n').filter(Boolean);
    return { status, json: lines.length === 1 ? JSON.parse(lines[0] ?? '') : undefined, stdout, stderr };
  });
  return Object.assign(child, { outcome });
}

export function runCommand(home: string, words: readonly string[]): Promise<Outcome> {
  return startCommand(home, words).outcome;
}

/** Resolves when a command has reported this; rejects if it ends before. */
export function reported(command: ReturnType<typeof startCommand>, what: RegExp): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  command.stderr?.on('data', (text: string) => {
    if (what.test(text)) resolve();
  });
  command.outcome.then(({ stdout, stderr }) => reject(new Error(`It ended too early: ${stdout}${stderr}`)));
  return promise;
}

/** Runs a command that must succeed, and returns its answer. */
export async function answerOf(home: string, words: readonly string[]): Promise<Outcome['json']> {
  const outcome = await runCommand(home, words);
  if (outcome.status !== 0) throw new Error(`${words.join(' ')}: ${outcome.stdout}${outcome.stderr}`);
  return outcome.json;
}

/** A folder that is removed when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-studio-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A data folder with the dataset “boxes”, of small passages and questions, and the model “tiny”. */
export async function homeWithBoxes(): Promise<string> {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  writeTinyModel(join(folder, 'tiny'));
  writeCopyingTable(join(folder, 'boxes.csv'), 60);
  await answerOf(home, ['import', join(folder, 'boxes.csv'), '--task', 'mrc', '--name', 'boxes']);
  await answerOf(home, ['models', 'import', join(folder, 'tiny'), '--name', 'tiny']);
  return home;
}
