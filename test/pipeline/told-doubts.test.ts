// What makes a table bad to learn from is told where it is imported and trained on, beside the answer.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, runCommand, temporaryFolder } from './command-line.ts';

test('import and train say on standard error what makes a table bad to learn from', { timeout: 300_000 }, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const rows = Array.from({ length: 60 }, (_, n) => `letter ${n * n} about a kettle,${n === 7 ? 'bad' : 'good'}`);
  writeFileSync(join(folder, 'letters.csv'), ['context,target', ...rows].join('\n'));
  writeTinyModel(join(folder, 'tiny'));
  const told = /^98 % of the rows have the same target, “good”\. A model that writes it .*$/m;
  const doubts = [{ code: 'ONE_TARGET', share: 98, text: 'good' }];

  const imported = await runCommand(home, ['import', join(folder, 'letters.csv'), '--task', 'custom']);
  expect(imported).toMatchObject({ status: 0, json: { dataset: { rows: 60 }, doubts } });
  expect(imported.stderr).toMatch(told);
  await answerOf(home, ['models', 'import', join(folder, 'tiny'), '--name', 'tiny']);
  const words = ['train', '--dataset', 'letters', '--base', 'tiny', '--name', 'a', '--max-steps', '2'];
  const trained = await runCommand(home, words);
  expect(trained).toMatchObject({ status: 0, json: { run: { steps: 2 }, doubts } });
  expect(trained.stderr).toMatch(told);
});
