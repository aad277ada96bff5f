import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tableFile } from '../../test/fixtures/table-file.ts';
import { requireAdapterFolder } from '../adapters/adapter-files.ts';
import { checkModelFiles } from '../base-models/check-model-files.ts';
import { readModelFolder } from '../base-models/model-folder.ts';
import { DatabaseCopier } from '../datasets/databases/attach-databases.ts';
import { openTable } from '../datasets/readers/open-table.ts';
import type { Engine } from '../engine/engine.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-pipes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function pipe(name: string): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}

// Regression: opening a pipe blocked until somebody wrote to it, through every stop, and held a thread of the process.
test.skipIf(process.platform === 'win32')('a pipe in place of a file is refused before it is opened', async () => {
  const unreadable = { code: 'FILE_UNREADABLE' };
  const path = pipe('table.csv');
  await expect(openTable(tableFile(path))).rejects.toMatchObject(unreadable);
  const database = { path: pipe('rows.sqlite'), name: 'rows.sqlite' };
  await expect(DatabaseCopier.open(database, folder)).rejects.toMatchObject(unreadable);

  const model = join(folder, 'model');
  mkdirSync(model);
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) writeFileSync(join(model, name), '{}');
  await readModelFolder(model);
  pipe('model/README.md');
  await expect(readModelFolder(model)).rejects.toMatchObject(unreadable);
  const verdicts = await checkModelFiles([pipe('model.gguf'), pipe('config.json')], {} as Engine);
  expect(verdicts.map(({ error }) => error?.code)).toEqual(['FILE_UNREADABLE', 'FILE_UNREADABLE']);

  writeFileSync(join(folder, 'adapter_config.json'), '{}');
  writeFileSync(join(folder, 'adapter_model.safetensors'), '');
  await requireAdapterFolder(folder);
  pipe('adapter_studio.json');
  await expect(requireAdapterFolder(folder)).rejects.toMatchObject(unreadable);
});

// Regression: what is small in JSON took more memory than there is.
test('a file that is read as a whole is refused before it is read if it is far larger than any of its kind', async () => {
  const most = 64 * 2 ** 20;
  const tooLarge = { code: 'MODEL_FILE_INVALID', data: { because: { code: 'FILE_TOO_LARGE' } } };
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors', 'README.md', 'adapter_config.json'])
    writeFileSync(join(folder, name), '{}');
  writeFileSync(join(folder, 'adapter_model.safetensors'), '');
  truncateSync(join(folder, 'model.safetensors'), most + 1);
  truncateSync(join(folder, 'README.md'), most);
  await readModelFolder(folder);
  truncateSync(join(folder, 'README.md'), most + 1);
  await expect(readModelFolder(folder)).rejects.toMatchObject({
    ...tooLarge,
    message: expect.stringContaining('64 MiB'),
  });

  await requireAdapterFolder(folder);
  truncateSync(join(folder, 'adapter_config.json'), most + 1);
  await expect(requireAdapterFolder(folder)).rejects.toMatchObject(tooLarge);
  const [verdict] = await checkModelFiles([join(folder, 'adapter_config.json')], {} as Engine);
  expect(verdict?.error?.code).toBe('MODEL_FILE_INVALID');
  writeFileSync(join(folder, 'model.safetensors.index.json'), '');
  truncateSync(join(folder, 'model.safetensors.index.json'), most + 1);
  await expect(readModelFolder(folder)).rejects.toMatchObject(tooLarge);
});
