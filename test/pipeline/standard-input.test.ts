import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
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
  expect(await piped('datasets', 'add', 'boxes', '-')).toMatchObject({ added: 2, dataset: { rows: 4 } });
  expect((await answerOf(home, ['datasets', 'list'])).datasets).toHaveLength(1);
  expect(readdirSync(temporary)).toEqual([]);
});
