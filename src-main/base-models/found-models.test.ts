import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findModels } from './found-models.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-found-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lay(path: string, text = '12345678'): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const model = ['config.json', 'tokenizer.json', 'model.safetensors'];

test('a model in the Hugging Face cache has the name of its repository and the files of its main branch', async () => {
  const [home, old, main] = ['models--someone--Tiny-1', 'a'.repeat(40), 'b'.repeat(40)];
  lay(join(home, 'refs/main'), main);
  lay(join(home, 'blobs/1234'), 'the weights');
  for (const name of model.slice(0, 2)) for (const commit of [old, main]) lay(join(home, 'snapshots', commit, name));
  lay(join(home, 'snapshots', old, 'model.safetensors'));
  symlinkSync('../../blobs/1234', join(folder, home, 'snapshots', main, 'model.safetensors'));
  const found = await findModels(folder);
  expect(found).toMatchObject([{ name: 'Tiny-1', kind: 'folder', sizeBytes: 'the weights'.length }]);
  expect(found[0]?.path).toBe(join(folder, home, 'snapshots', main));
});

test('finds model folders and GGUF files, but no shards or vision projectors', async () => {
  for (const name of model) lay(join('mine', name));
  lay('mine/model-copy.gguf');
  lay('someone/name/chat.Q4_1.gguf');
  lay('someone/name/mmproj-chat.gguf');
  lay('someone/large-00001-of-00002.gguf');
  lay('a/b/c/d/too-deep.gguf');
  lay('half/config.json');
  lay('.hidden/secret.gguf');
  const found = await findModels(folder);
  expect(found.map(({ name, kind }) => [name, kind])).toEqual([
    ['chat.Q4_1', 'gguf'],
    ['mine', 'folder'],
  ]);
});

test('finds nothing in an incomplete download or a missing folder', async () => {
  for (const name of model.slice(0, 2)) lay(join('half', name));
  symlinkSync('../blobs/gone', join(folder, 'half', 'model.safetensors'));
  expect(await findModels(folder)).toEqual([]);
  expect(await findModels(join(folder, 'nowhere'))).toEqual([]);
});
