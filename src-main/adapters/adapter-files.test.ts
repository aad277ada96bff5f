import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../database/new-id.ts';
import { nameBase, originName, readOrigin, removeAdapter, requireAdapterFolder } from './adapter-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-adapter-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an adapter made by another program has no origin', async () => {
  expect(await readOrigin(folder)).toBeUndefined();
});

// Regression: any failure counted as “not there”: on a failing drive, the studio's adapters lost task and base.
test('an unreadable or damaged origin file is not treated as missing', async () => {
  mkdirSync(join(folder, originName));
  await expect(readOrigin(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  rmSync(join(folder, originName), { recursive: true });
  writeFileSync(join(folder, originName), '{');
  await expect(readOrigin(folder)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});

test('a base named by its id here gets its own name, and one named by another program keeps that', async () => {
  const file = join(folder, 'adapter_config.json');
  const base = { path: '/home/base-models/01abc', name: 'SmolLM2' };
  for (const [before, after] of [
    ['01abc', 'SmolLM2'],
    ['meta-llama/Llama-3.2-1B', 'meta-llama/Llama-3.2-1B'],
  ]) {
    writeFileSync(file, JSON.stringify({ r: 8, base_model_name_or_path: before }));
    await nameBase(folder, base);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ r: 8, base_model_name_or_path: after });
  }
});

test('an adapter is removed where the studio puts them, wherever its path leads', async () => {
  const [adapters, other] = [join(folder, 'adapters'), join(folder, 'other')];
  const id = newId();
  for (const path of [join(adapters, id), join(other, id)]) mkdirSync(path, { recursive: true });
  for (const path of [other, join(other, '..'), join(adapters, id, '..'), '', '..'])
    await removeAdapter(path, adapters);
  expect(readdirSync(folder).sort()).toEqual(['adapters', 'other']);
  await removeAdapter(join(other, id), adapters);
  expect([readdirSync(adapters), readdirSync(other)]).toEqual([[], [id]]);
});

test('the config or the weights of an adapter, chosen alone, are told as that', async () => {
  for (const [file, code] of [
    ['adapter_config.json', 'CONFIG_AS_ADAPTER'],
    ['adapter_model.safetensors', 'WEIGHTS_AS_ADAPTER'],
  ] as const) {
    writeFileSync(join(folder, file), '{}');
    await expect(requireAdapterFolder(join(folder, file))).rejects.toMatchObject({
      ...{ code: 'NOT_AN_ADAPTER', data: { file, because: { code } } },
    });
  }
});
