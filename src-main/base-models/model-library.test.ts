import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SettingStore } from '../data-folder/setting-store.ts';
import { openDatabase } from '../database/open.ts';
import { BaseModelStore } from './base-model-store.ts';
import { ModelLibrary } from './model-library.ts';

let folder: string;
let library: (environment?: NodeJS.ProcessEnv) => ModelLibrary;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-library-'));
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine', 'tiny.gguf'), 'weights');
  const database = openDatabase(':memory:');
  const [settings, store] = [new SettingStore(database), new BaseModelStore(database)];
  library = (environment = {}) =>
    new ModelLibrary(settings, { environment: { HF_HUB_CACHE: folder, ...environment }, store });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the library is the Hugging Face cache unless another folder is chosen', async () => {
  expect(await library().facts()).toMatchObject({ path: folder, from: 'usual', isThere: true });
  await library().choose(join(folder, 'mine'));
  expect(await library().facts()).toMatchObject({ path: join(folder, 'mine'), from: 'chosen' });
  expect(library().isChosen).toBe(true);
  await library().choose(undefined);
  expect(library().path).toBe(folder);
});

test('a folder set by the environment takes precedence and cannot be changed', async () => {
  const named = library({ ADAPTER_STUDIO_MODELS: join(folder, 'mine') });
  expect(await named.facts()).toMatchObject({ path: join(folder, 'mine'), from: 'environment' });
  await expect(named.choose(folder)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

test('a missing folder is refused when chosen, and reported once it has disappeared', async () => {
  const nowhere = join(folder, 'nowhere');
  // Regression: “There is no file …” was said.
  await expect(library().choose(nowhere)).rejects.toThrow(`model folder: there is no folder “${nowhere}”.`);
  await library().choose(join(folder, 'mine'));
  rmSync(join(folder, 'mine'), { recursive: true });
  expect(await library().facts()).toMatchObject({ isThere: false, found: [] });
});

test('a model is found only by its id, which does not reveal its path', async () => {
  const { found } = await library().facts();
  expect(found).toMatchObject([{ name: 'tiny', kind: 'gguf', sizeBytes: 7, onShelf: false }]);
  expect(JSON.stringify(found)).not.toContain(folder);
  expect((await library().find(found[0]?.id ?? '')).path).toBe(join(folder, 'mine', 'tiny.gguf'));
  await expect(library().find('../mine/tiny.gguf')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
});
