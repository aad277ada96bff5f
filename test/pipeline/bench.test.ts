import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programAnswer, reasonOf } from '../../bench/parts/program-answer.ts';
import { answerOf, temporaryFolder } from './command-line.ts';

test('a benchmark reports its figures, its peer and the machine', { timeout: 180_000 }, async () => {
  const { name, cases, machine } = await answerOf(temporaryFolder(), [
    'bench',
    'switch',
    '--times',
    '8',
    '--many',
    '4',
  ]);
  expect({ name, machine }).toEqual({ name: 'switch', machine: expect.stringMatching(/, \d+ threads, \d+ GiB$/) });
  const figure = expect.any(Number);
  const ends = { ours: figure, low: figure, high: figure };
  expect(cases).toEqual([
    { case: 'switch of the adapter', unit: 'ms', ...ends, peer: null, ratio: null, n: 8 },
    { case: '4 adapters in turn, beside one', unit: 'tokens a second', ...ends, peer: figure, ratio: figure, n: 1 },
  ]);
  for (const { ours } of cases) expect(ours).toBeGreaterThan(0);
});

// Regression: it said “could not be run: ” and nothing more, or quoted a line of Node's own source.
test('a peer that is missing is named with the reason', async () => {
  const why = (program: string, words: readonly string[]) => programAnswer(program, words).catch(reasonOf);
  expect(await why('/there/is/no/python3', ['peer.py'])).toBe('spawn /there/is/no/python3 ENOENT');
  const llama = join(import.meta.dirname, '../../bench/peers/llama.mjs');
  expect(await why(process.execPath, [llama, 'job.json'])).toBe("Error: Cannot find module 'node-llama-cpp'");
  const python = `process.stderr.write('  File "peft_trainer.py", line 3\\nModuleNotFoundError: No module named torch\\n'); process.exit(1)`;
  expect(await why(process.execPath, ['-e', python])).toBe('ModuleNotFoundError: No module named torch');
});

// Regression: it said “Unknown option '--help'”.
test('every bench tells with --help what it measures and which options it takes', () => {
  const folder = join(import.meta.dirname, '../../bench');
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'main.ts');
  expect(names.length).toBeGreaterThan(10);
  for (const name of names.map((file) => file.slice(0, -3))) {
    const told = execFileSync(process.execPath, [join(folder, 'main.ts'), name, '--help'], { encoding: 'utf8' });
    expect(told).toMatch(new RegExp(`^[A-Z].*\\n[^]*\\n {4}(npm run bench -- ${name}|node bench/${name}\\.ts) .*\\n`));
  }
});
