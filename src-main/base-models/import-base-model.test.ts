import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { openDatabase } from '../database/open.ts';
import type { Engine, ModelFacts } from '../engine/engine.ts';
import { BaseModelStore } from './base-model-store.ts';
import { importBaseModel, registerStarterModel } from './import-base-model.ts';
import { hashModel, readModelFolder } from './model-folder.ts';

const facts: ModelFacts = {
  ...{ architecture: 'llama', parameters: 10, layers: 1, hidden: 2, vocabulary: 4096, contextLength: 512 },
  ...{ dtype: 'F32', sizeBytes: 40, endIds: [0], targets: { q: [2, 2] } },
};

/** Stands in for the engine: its facts about a folder are fixed; nothing else is called here. */
const engine = {
  inspect: async (folder: string) => {
    if (readFileSync(join(folder, 'model.safetensors'), 'utf8') !== 'weights') {
      throw new StudioError('MODEL_FILE_INVALID', { file: 'model.safetensors', reason: 'it is cut short' });
    }
    return facts;
  },
} as Partial<Engine> as Engine;

let folder: string;
let source: string;
let modelsFolder: string;
let store: BaseModelStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-models-'));
  source = join(folder, 'tiny-llama');
  modelsFolder = join(folder, 'base-models');
  mkdirSync(source);
  mkdirSync(modelsFolder);
  const starter = join(import.meta.dirname, '../../resources/starter-model');
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) cpSync(join(starter, name), join(source, name));
  writeFileSync(join(source, 'config.json'), '{"model_type":"llama"}');
  writeFileSync(join(source, 'model.safetensors'), 'weights');
  writeFileSync(join(source, 'README.md'), '---\nlanguage: en\nlicense: apache-2.0\n---\n# Tiny\n');
  writeFileSync(join(source, 'optimizer.pt'), 'not needed');
  store = new BaseModelStore(openDatabase(':memory:'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const studio = () => ({ store, engine, modelsFolder, now: 1_700_000_000_000 });
const importing = (name?: string) => importBaseModel({ path: source, name }, studio());

test('a folder is copied without unneeded files, and is found by id and by name', async () => {
  const model = await importing();
  expect(model).toMatchObject({ name: 'tiny-llama', licence: 'apache-2.0', parameters: 10, hasChatTemplate: false });
  expect(readdirSync(model.path).sort()).toEqual([
    'README.md',
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  expect(store.get('tiny-llama')).toEqual(model);
  expect(store.get(model.id)).toEqual(model);
  expect(store.list()).toEqual([model]);
});

test('a downloaded model is found by the catalogue’s id too, unless another has it as its name', async () => {
  const model = await importBaseModel({ path: source, title: 'Tiny Llama', catalogueId: 'tiny' }, studio());
  expect(store.get('tiny')).toEqual(model);
  const other = await importing('tiny');
  expect(store.get('tiny')).toEqual(other);
});

test('the hash can be recomputed from the copy, and changes with any weight', async () => {
  const model = await importing();
  const { hashed } = await readModelFolder(model.path);
  expect(hashed).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
  expect(await hashModel(model.path, hashed)).toBe(model.sha256);
  writeFileSync(join(model.path, 'model.safetensors'), 'weighty');
  expect(await hashModel(model.path, hashed)).not.toBe(model.sha256);
});

test('a second import of a folder gets a number, but a chosen name that is taken is refused', async () => {
  await importing();
  expect((await importing()).name).toBe('tiny-llama 2');
  await expect(importing('tiny-llama')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

test('a folder with damaged weights leaves nothing behind', async () => {
  writeFileSync(join(source, 'model.safetensors'), 'weig');
  await expect(importing()).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
  expect(readdirSync(modelsFolder)).toEqual([]);
  expect(store.list()).toEqual([]);
});

test('a missing tokenizer, a missing folder and unsupported weights are named', async () => {
  rmSync(join(source, 'tokenizer.json'));
  await expect(importing()).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID', data: { file: 'tokenizer.json' } });
  writeFileSync(join(source, 'tokenizer.json'), '{}');
  rmSync(join(source, 'model.safetensors'));
  writeFileSync(join(source, 'pytorch_model.bin'), '');
  await expect(importing()).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED', data: { file: 'optimizer.pt' } });
  rmSync(source, { recursive: true });
  await expect(importing()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

// They were reported as damaged copies without config.json.
test('an adapter’s folder, and one with several GGUF files, are told for what they are', async () => {
  const refusal = async (...names: string[]) => {
    const path = join(folder, names.join(' '));
    mkdirSync(path);
    for (const name of names) writeFileSync(join(path, name), '{}');
    return await importBaseModel({ path }, studio()).catch((error: unknown) => error);
  };
  expect(await refusal('adapter_config.json', 'tokenizer.json')).toMatchObject({
    ...{ code: 'MODEL_UNSUPPORTED', data: { because: { code: 'ADAPTER_AS_MODEL' } } },
  });
  expect(await refusal('a.Q4_0.gguf', 'a.Q8_0.gguf')).toMatchObject({
    ...{ code: 'MODEL_UNSUPPORTED', data: { because: { code: 'GGUFS_IN_FOLDER' } } },
  });
});

// A lone adapter_config.json was told to lack a config.json, as if a download were incomplete.
test('a file of an adapter is told from one of a model', async () => {
  for (const name of ['adapter_config.json', 'adapter_model.safetensors']) writeFileSync(join(folder, name), '{}');
  for (const file of ['adapter_config.json', 'adapter_model.safetensors']) {
    await expect(importBaseModel({ path: join(folder, file) }, studio())).rejects.toMatchObject({
      ...{ code: 'MODEL_UNSUPPORTED', data: { file, because: { code: 'ADAPTER_FILE_AS_MODEL' } } },
    });
  }
});

test('a GGUF file is known by its first bytes, as Ollama names its files by their hashes', async () => {
  const unpacked: string[] = [];
  const told = { ...engine, unpack: async ({ file }: { file: string }) => void unpacked.push(basename(file)) };
  for (const [name, bytes] of [['sha256-12ab', 'GGUF....'] as const, ['sha256-34cd', '{}'] as const]) {
    writeFileSync(join(folder, name), bytes);
    const importing = importBaseModel({ path: join(folder, name) }, { ...studio(), engine: told });
    await expect(importing).rejects.toThrow();
  }
  expect(unpacked).toEqual(['sha256-12ab']);
});

test('an index that points outside its folder is refused', async () => {
  writeFileSync(
    join(source, 'model.safetensors.index.json'),
    JSON.stringify({ weight_map: { a: '../../secret.safetensors' } }),
  );
  await expect(importing()).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});

test('the starter model is used in place, and its row follows its files', async () => {
  await registerStarterModel({ store, engine, folder: source, now: 5 });
  const first = store.get('starter');
  expect(first).toMatchObject({ id: 'starter', builtIn: true, path: source, createdAt: 5 });
  writeFileSync(join(source, 'config.json'), '{"model_type":"llama","new":1}');
  await registerStarterModel({ store, engine, folder: source, now: 9 });
  expect(store.get('starter').sha256).not.toBe(first.sha256);
  expect(store.get('starter').createdAt).toBe(5);
});

test('an unchanged starter model is not described again, wherever it lies now', async () => {
  await registerStarterModel({ store, engine, folder: source, now: 5 });
  const first = store.get('starter');
  const moved = join(folder, 'moved');
  renameSync(source, moved);
  const notAsked = { ...engine, inspect: () => Promise.reject(new Error('The engine was asked.')) };
  await registerStarterModel({ store, engine: notAsked, folder: moved, now: 9 });
  expect(store.get('starter')).toEqual({ ...first, path: moved });
});

// Regression: at the first start of two processes at once, one of them said that the starter cannot be used.
test('the starter model may be registered by another process meanwhile', async () => {
  const slower = {
    ...engine,
    async inspect(place: string) {
      await registerStarterModel({ store, engine, folder: source, now: 5 });
      return engine.inspect(place);
    },
  };
  await registerStarterModel({ store, engine: slower, folder: source, now: 9 });
  expect(store.list()).toMatchObject([{ id: 'starter', path: source }]);
});

// Regression: in a data folder in which another model had its name, it could not be used, at every start.
test('the starter model has another name if its own is taken, and keeps it', async () => {
  const mine = await importBaseModel({ path: source, name: 'starter' }, studio());
  for (const config of ['{"model_type":"llama"}', '{"model_type":"llama","new":1}']) {
    writeFileSync(join(source, 'config.json'), config);
    await registerStarterModel({ store, engine, folder: source, now: 5 });
    expect(store.list().map(({ id, name }) => [id, name])).toEqual([
      ['starter', 'starter 2'],
      [mine.id, 'starter'],
    ]);
  }
});

test('a missing starter model gets no row', async () => {
  await registerStarterModel({ store, engine, folder: modelsFolder, now: 5 });
  expect(store.list()).toEqual([]);
});

test('weights of another program are hard-linked, not copied, and survive the deletion of the original', async () => {
  const model = await importBaseModel({ path: source, link: true }, studio());
  expect(statSync(join(model.path, 'model.safetensors')).ino).toBe(statSync(join(source, 'model.safetensors')).ino);
  expect(statSync(join(model.path, 'config.json')).ino).not.toBe(statSync(join(source, 'config.json')).ino);
  rmSync(source, { recursive: true });
  expect(await hashModel(model.path, (await readModelFolder(model.path)).hashed)).toBe(model.sha256);
});

test('a symlink in a cache is imported as the file it points to', async () => {
  renameSync(join(source, 'model.safetensors'), join(folder, 'blob'));
  symlinkSync('../blob', join(source, 'model.safetensors'));
  const model = await importBaseModel({ path: source, link: true }, studio());
  expect(lstatSync(join(model.path, 'model.safetensors')).isFile()).toBe(true);
  expect(readFileSync(join(model.path, 'model.safetensors'), 'utf8')).toBe('weights');
});

test.each([{}, { take: true }, { link: true }])('an aborted import leaves nothing behind: %j', async (how) => {
  const given = importBaseModel({ path: source, ...how }, { ...studio(), signal: AbortSignal.abort() });
  await expect(given).rejects.toMatchObject({ name: 'AbortError' });
  expect(readdirSync(modelsFolder)).toEqual([]);
  expect(store.list()).toEqual([]);
});

test('aborting a repeated import leaves the existing model untouched', async () => {
  const model = await importing();
  const leaving = new AbortController();
  store.list = () => {
    leaving.abort();
    return [model];
  };
  const again = importBaseModel({ path: source }, { ...studio(), signal: leaving.signal });
  await expect(again).rejects.toMatchObject({ name: 'AbortError' });
  expect(readdirSync(modelsFolder)).toEqual([model.id]);
});

// Regression: a download of gigabytes was deleted with the folder it had been moved into.
test('a GGUF file to be moved stays in place when the engine dies', async () => {
  const file = join(folder, 'tiny.gguf');
  writeFileSync(file, 'weights');
  const dying = {
    unpack: async () => {},
    inspect: () => Promise.reject(new StudioError('ENGINE_STOPPED', { reason: 'out of memory' })),
  } as Partial<Engine> as Engine;
  const importing = importBaseModel({ path: file, take: true }, { ...studio(), engine: dying });
  await expect(importing).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  expect(readFileSync(file, 'utf8')).toBe('weights');
  expect(readdirSync(modelsFolder)).toEqual([]);
});

// Regression: it was in a folder by then that the next start removed if the process was killed.
test('a download is still in place while it is checked', async () => {
  const files = readdirSync(source);
  let whileChecked: string[] = [];
  // It is asked for once everything is hashed.
  store.list = () => {
    whileChecked = readdirSync(source);
    return [];
  };
  await importBaseModel({ path: source, take: true }, studio());
  expect(whileChecked).toEqual(files);
});

test('a folder to be moved keeps its files when its row cannot be written', async () => {
  const files = readdirSync(source);
  store.insert = () => {
    throw new Error('the database cannot be written');
  };
  await expect(importBaseModel({ path: source, take: true }, studio())).rejects.toThrow('cannot be written');
  expect(readdirSync(source)).toEqual(files);
  expect(readdirSync(modelsFolder)).toEqual([]);
});

test.each([
  ['is gone', (path: string) => rmSync(path, { recursive: true })],
  ['lacks a file', (path: string) => rmSync(join(path, 'tokenizer.json'))],
  ['has a damaged file', (path: string) => writeFileSync(join(path, 'model.safetensors'), 'weigh')],
])('a base whose folder %s is repaired by importing its model again', async (_, spoil) => {
  const base = await importBaseModel({ path: source, title: 'Tiny' }, studio());
  spoil(base.path);

  expect(await importBaseModel({ path: source }, studio())).toEqual(base);
  expect(store.list()).toEqual([base]);
  expect(await hashModel(base.path, (await readModelFolder(base.path)).hashed)).toBe(base.sha256);
  expect(readdirSync(modelsFolder)).toEqual([base.id]);

  // A base that is intact, or an import under another name, is left alone.
  const second = await importBaseModel({ path: source }, studio());
  spoil(base.path);
  const third = await importBaseModel({ path: source, name: 'Third' }, studio());
  expect(new Set([base.id, second.id, third.id]).size).toBe(3);
});

// Regression: the folder that its row named was replaced by the model's.
test('a base whose row names a folder elsewhere does not get its files back there', async () => {
  const model = await importing();
  const elsewhere = join(folder, 'documents');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'letter.txt'), 'Dear');
  store.replace({ ...model, path: elsewhere });
  const again = await importing();
  expect(again.id).not.toBe(model.id);
  expect(readdirSync(elsewhere)).toEqual(['letter.txt']);
});
