import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { answerOf, commandLineEntry, temporaryFolder } from './command-line.ts';

// Regression: “-” was looked for as a file.
test('a table can be piped in, and leaves no temporary file', { timeout: 120_000 }, async () => {
  const home = temporaryFolder();
  const temporary = temporaryFolder();
  const table = 'passage,question,answer\nA red box.,What colour?,red\nA blue box.,What colour?,blue\n';
  const piped = async (...words: string[]) => {
    const entry = ['--no-warnings', commandLineEntry, ...words, '--json', '--home', home];
    const running = promisify(execFile)(process.execPath, entry, { env: { ...process.env, TMPDIR: temporary } });
    running.child.stdin?.end(table);
    return JSON.parse((await running).stdout);
  };
  expect(await piped('inspect', '-')).toMatchObject({ file: { rows: 2 }, proposedTask: 'mrc' });
  const { dataset } = await piped('import', '-', '--task', 'mrc', '--name', 'boxes');
  expect(dataset).toMatchObject({ name: 'boxes', sourceName: 'standard input', rows: 2 });
  const again = ['datasets', 'add', 'boxes', '-'];
  expect(await piped(...again)).toMatchObject({ added: 0, known: 2, dataset: { rows: 2 } });
  expect(await piped(...again, '--copies')).toMatchObject({ added: 2, dataset: { rows: 4 } });
  expect((await answerOf(home, ['datasets', 'list'])).datasets).toHaveLength(1);
  expect(readdirSync(temporary)).toEqual([]);
});

// Regression: it was said to be empty.
test('a folder as standard input is told as one', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const input = openSync(folder, 'r');
  const entry = ['--no-warnings', commandLineEntry, 'import', '-', '--task', 'mrc', '--home', join(folder, 'home')];
  const child = spawn(process.execPath, entry, { stdio: [input, 'ignore', 'pipe'] });
  const [told, [status]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
  closeSync(input);
  expect(told).toContain('standard input is a folder');
  expect(status).toBe(2);
});
