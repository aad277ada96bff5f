import { copyFileSync, existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, type Outcome, runCommand, temporaryFolder } from './command-line.ts';

/** Exit status 1, one sentence and one next step, and no internals. */
function expectRefusal({ status, json, stdout }: Outcome, code: string, words: string, hint = /\.$/): void {
  expect({ status, code: json?.error?.code }).toEqual({ status: 1, code });
  expect(json.error.message).toContain(words);
  expect(json.error.hint).toMatch(hint);
  expect(stdout).not.toMatch(/node:internal|at \w+ \(/);
}

async function expectNothingKept(home: string): Promise<void> {
  expect((await answerOf(home, ['datasets', 'list'])).datasets).toEqual([]);
  for (const folder of ['datasets', 'uploads', 'base-models']) {
    if (existsSync(join(home, folder))) expect(readdirSync(join(home, folder))).toEqual([]);
  }
}

test('rejects unusable tables with a clear message and keeps nothing', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const importing = (file: string) => runCommand(home, ['import', join(folder, file), '--task', 'mrc']);

  writeFileSync(join(folder, 'short.csv'), 'passage,question\nA box.,What?\n');
  expectRefusal(await importing('short.csv'), 'CSV_COLUMN_MISSING', '“answer”');

  writeFileSync(join(folder, 'empty.csv'), '');
  expectRefusal(await importing('empty.csv'), 'FILE_EMPTY', 'empty.csv');

  writeFileSync(
    join(folder, 'paper.csv'),
    Buffer.concat([Buffer.from('%PDF-1.7\n%\xe2\xe3\n', 'latin1'), Buffer.alloc(99)]),
  );
  expectRefusal(await importing('paper.csv'), 'FILE_NOT_A_TABLE', 'PDF');

  expectRefusal(await importing('nowhere.csv'), 'FILE_NOT_FOUND', 'nowhere.csv');
  await expectNothingKept(home);
});

test('rejects a model folder with a truncated weight file and keeps nothing', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const model = join(folder, 'tiny');
  writeTinyModel(model);
  truncateSync(join(model, 'model.safetensors'), 50_000);
  const refused = await runCommand(home, ['models', 'import', model]);
  expectRefusal(refused, 'MODEL_FILE_INVALID', 'model.safetensors');
  const { models } = await answerOf(home, ['models', 'list']);
  expect(models.filter((each: { builtIn: boolean }) => !each.builtIn)).toEqual([]);
  await expectNothingKept(home);

  const { files } = await answerOf(home, [
    'models',
    'check',
    join(model, 'model.safetensors'),
    join(model, 'config.json'),
  ]);
  expect(files.map((file: { verdict: string }) => file.verdict)).toEqual(['reject', 'accept']);
});

// Regression: it said that a file was missing or damaged.
test('an adapter whose weights are a pickle is refused with what to do', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'adapter_config.json'), '{}');
  writeFileSync(join(folder, 'adapter_model.bin'), 'PK');
  const refused = await runCommand(join(folder, 'home'), ['adapters', 'import', folder]);
  expectRefusal(refused, 'MODEL_FILE_PICKLED', 'adapter_model.bin');
});

test('reports an unknown name with a clear message', { timeout: 180_000 }, async () => {
  const home = join(temporaryFolder(), 'home');
  // Regression: a mistyped folder was made, with nothing in it.
  expectRefusal(await runCommand(home, ['datasets', 'show', 'nothing']), 'HOME_NOT_FOUND', home);
  expect(existsSync(home)).toBe(false);
  mkdirSync(home);
  expectRefusal(
    await runCommand(home, ['datasets', 'show', 'nothing']),
    'DATASET_NOT_FOUND',
    '“nothing”',
    /adapter-studio datasets list$/,
  );
  expectRefusal(
    await runCommand(home, ['adapters', 'verify', 'nothing']),
    'ADAPTER_NOT_FOUND',
    '“nothing”',
    /adapter-studio adapters list$/,
  );
  expectRefusal(
    await runCommand(home, ['models', 'show', 'nothing']),
    'BASE_MODEL_NOT_FOUND',
    '“nothing”',
    /adapter-studio models list$/,
  );
  // Regression: it was in use by the studio itself, to be deleted first.
  expectRefusal(await runCommand(home, ['models', 'delete', 'starter']), 'BASE_MODEL_BUILT_IN', '“starter”');
});

// Regression: the system's message, such as EEXIST and a system call, was the whole sentence, and nothing came for one
// in /proc.
test('a data folder that cannot be made is a sentence', { timeout: 180_000 }, async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  for (const home of [file, join(file, 'home')]) {
    // Regression: the second did not answer in JSON.
    for (const words of [['inspect', file], ['serve']]) {
      const refused = await runCommand(home, words);
      expectRefusal(refused, 'DATA_FOLDER_UNUSABLE', 'a file has that name', /^Choose another folder/);
    }
  }
  // Regression: it was said to be forbidden.
  const long = join(temporaryFolder(), ...Array.from({ length: 4 }, () => '길'.repeat(50)));
  if (process.platform !== 'win32')
    expectRefusal(await runCommand(long, ['inspect', file]), 'DATA_FOLDER_UNUSABLE', 'too long');
  if (!existsSync('/proc/self')) return;
  const refused = await runCommand('/proc/home', ['inspect', file]);
  expectRefusal(refused, 'DATA_FOLDER_UNUSABLE', 'nothing can be created in “/proc”');
});

// Regression: it was said that the file cannot be read, after all rows had been answered, and their scores were not told.
test('an evaluation whose file cannot be written is refused before it begins', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder();
  const home = temporaryFolder();
  const of = ['--dataset', 'nothing', '--base', 'starter'];
  for (const option of ['--csv', '--report']) {
    const refused = await runCommand(home, ['evaluate', ...of, option, join(folder, 'mistyped', 'scores')]);
    expectRefusal(refused, 'OUT_UNUSABLE', `there is no folder “${join(folder, 'mistyped')}”`);
  }
  // Regression: a folder was refused only after all rows had been answered, with the system's code.
  const taken = await runCommand(home, ['evaluate', ...of, '--csv', folder]);
  expectRefusal(taken, 'OUT_UNUSABLE', `${folder} already exists`);
  const other = await runCommand(home, ['evaluate', ...of, '--csv', join(folder, 'scores.csv')]);
  expectRefusal(other, 'DATASET_NOT_FOUND', '“nothing”', /adapter-studio datasets list$/);
});

test('invalid arguments exit with status 2', { timeout: 180_000 }, async () => {
  const home = join(temporaryFolder(), 'home');
  for (const words of [
    ['fly'],
    ['import', 'a.csv'],
    ['import', 'a.csv', '--task', 'poetry'],
    ['train', '--dataset', 'd'],
    ['estimate', '--dataset', 'd', '--base', 'b', '--rank', '0'],
    ['score', '--base', 'b'],
    // Regression: an empty variable of a script was answered, and measured, as if it were meant.
    ['score', '--base', 'b', '--context', 'x', '--target', ''],
    ['generate', '--base', 'b', '--prompt', ''],
    ['generate', '--base', 'b', '--prompt', 'x', '--row', 'y'],
    ['generate', '--base', 'b', '--prompt', 'x', '--choice', 'a', '--keep-form'],
    // Regression: it wrote CSV under any name.
    ['datasets', 'export', 'd', '--out', 'd.xyz'],
    ['bench', 'poetry'],
    ['bench', 'switch', '--fly'],
  ]) {
    const { status, json } = await runCommand(home, words);
    expect({ words, status, code: json?.error?.code }).toEqual({ words, status: 2, code: 'USAGE' });
  }
});

// Regression: answers, results and merged models were made of other weights than the base that they name.
test('a base whose weights are no longer those that were added neither answers nor is measured or merged', {
  timeout: 300_000,
}, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const model = join(folder, 'tiny');
  writeTinyModel(model);
  await answerOf(home, ['models', 'import', model]);
  const imported = await answerOf(home, ['import', 'generated-mrc', '--name', 'Places']);
  expect(imported.dataset.task).toBe('mrc');
  await answerOf(home, ['train', '--dataset', 'Places', '--base', 'tiny', '--name', 'Answers', '--max-steps', '1']);

  // Of the same shape, so that they can be read.
  writeTinyModel(model, { seed: 2 });
  const [added = ''] = readdirSync(join(home, 'base-models'));
  copyFileSync(join(model, 'model.safetensors'), join(home, 'base-models', added, 'model.safetensors'));
  const of = ['--base', 'tiny'];
  for (const words of [
    ['generate', ...of, '--prompt', 'Where?'],
    ['score', ...of, '--context', 'Where?', '--target', 'Here.'],
  ]) {
    expectRefusal(await runCommand(home, words), 'MODEL_FILE_INVALID', '“tiny” cannot be used: its files have changed');
  }
  const evaluated = await runCommand(home, ['evaluate', ...of, '--dataset', 'Places', '--limit', '1']);
  expectRefusal(evaluated, 'MODEL_FILE_INVALID', 'its files have changed since it was added');
  const shown = await runCommand(home, ['lab', 'onebatch', ...of, '--passes', '1x32', '--trials', '3']);
  expectRefusal(shown, 'MODEL_FILE_INVALID', 'its files have changed');
  const out = join(folder, 'merged');
  const merged = await runCommand(home, ['adapters', 'export', 'Answers', '--format', 'merged', '--out', out]);
  expectRefusal(merged, 'MODEL_FILE_INVALID', 'its files have changed');
  expect(existsSync(out)).toBe(false);
});
