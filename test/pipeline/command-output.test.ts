// What the command line does when nobody reads its output, or it cannot be written.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeCopyingTable } from '../fixtures/copying-table.ts';
import { commandLineEntry, homeWithBoxes, startCommand, temporaryFolder } from './command-line.ts';

// Regression: `| head` printed an unhandled error with its stack, and the status was 1.
test('a reader of the answer may leave before its end', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  // More than a pipe holds.
  writeCopyingTable(join(folder, 'boxes.csv'), 5000);
  const command = started(['inspect', join(folder, 'boxes.csv'), '--cells', '--home', temporaryFolder()], 'pipe');
  command.stdout?.once('data', () => command.stdout?.destroy());
  expect(await command.outcome).toEqual({ status: 0, stderr: '' });
});

// Regression: a run whose progress went to a reader that left ended within a step, and had to be resumed.
test('a training goes on when nobody reads its progress any more', { timeout: 120_000 }, async () => {
  const home = await homeWithBoxes();
  const training = ['train', '--dataset', 'boxes', '--base', 'tiny', '--name', 'a', '--max-steps', '600'];
  const command = startCommand(home, training);
  command.stderr?.once('data', () => command.stderr?.destroy());
  expect(await command.outcome).toMatchObject({ status: 0, json: { run: { steps: 600 } } });
});

test.skipIf(!existsSync('/dev/full'))('an answer that cannot be written is a failure in one sentence', async () => {
  const words = ['datasets', 'list', '--home', temporaryFolder()];
  const { status, stderr } = await started(words, openSync('/dev/full', 'w')).outcome;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^The work is done, but its answer could not be written: ENOSPC.*\n.+\n$/);
});

// Regression: the one answer that was no JSON.
test('the version is JSON where that is asked for', { timeout: 60_000 }, () => {
  const version = (...words: string[]) =>
    execFileSync(process.execPath, [commandLineEntry, '--version', ...words], { encoding: 'utf8' });
  expect(JSON.parse(version('--json'))).toEqual({ version: version().trim() });
});

/** Starts a command with `--json` whose answer goes there. */
function started(words: readonly string[], stdout: 'pipe' | number) {
  const command = spawn(process.execPath, ['--no-warnings', commandLineEntry, ...words, '--json'], {
    stdio: ['ignore', stdout, 'pipe'],
  });
  let stderr = '';
  command.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return Object.assign(command, { outcome: once(command, 'close').then(([status]) => ({ status, stderr })) });
}
