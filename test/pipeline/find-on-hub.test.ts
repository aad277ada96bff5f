import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { findOnHub } from '../../src-main/base-models/find-on-hub.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';
import { type LocalHub, type LocalRepository, startLocalHub } from '../fixtures/local-hub.ts';
import { writeTinyGguf } from '../tiny-gguf.ts';

// A hub over real HTTP on this machine, real model files, and the engine itself.

const starter = join(import.meta.dirname, '../../resources/starter-model');
const modelFiles = Object.fromEntries(
  ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors', 'README.md'].flatMap((name) =>
    existsSync(join(starter, name)) ? [[name, readFileSync(join(starter, name))] as const] : [],
  ),
);
const config = (type: string) => Buffer.from(JSON.stringify({ model_type: type }));

let hub: LocalHub;
let folder: string;
const repositories: Record<string, LocalRepository> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'studio-hub-'));
  await writeTinyGguf(join(folder, 'tiny.gguf'));
  const gguf = readFileSync(join(folder, 'tiny.gguf'));
  Object.assign(repositories, {
    'maker/small': {
      files: { ...modelFiles, 'pytorch_model.bin': Buffer.alloc(9), 'modeling_small.py': Buffer.from('import os') },
      cardData: { license: 'other', license_name: 'small-licence' },
    },
    'maker/strange': { files: { ...modelFiles, 'config.json': config('mamba') } },
    'maker/gated': { files: modelFiles, gated: 'manual' },
    'maker/pickled': { files: { 'config.json': config('llama'), 'pytorch_model.bin': Buffer.alloc(9) } },
    'maker/adapter': { files: { 'adapter_config.json': config('x'), 'adapter_model.safetensors': Buffer.alloc(9) } },
    'maker/misnamed': {
      files: {
        ...{ 'config.json': modelFiles['config.json'], 'tokenizer.json': modelFiles['tokenizer.json'] },
        'model.safetensors.index.json': Buffer.from('{"weight_map":{"a":"other.safetensors"}}'),
      },
    },
    'maker/wordless': { files: { ...modelFiles, 'tokenizer.json': undefined } },
    'maker/one-gguf': { files: { 'tiny.gguf': gguf, 'mmproj-tiny.gguf': gguf, 'README.md': Buffer.from('') } },
    'maker/ggufs': {
      files: {
        ...{ 'tiny.Q8_0.gguf': Buffer.concat([gguf, Buffer.alloc(64)]), 'q4/tiny.Q4_0.gguf': gguf },
        ...{ 'huge-00001-of-00002.gguf': gguf, '../../out.gguf': gguf },
      },
    },
    'maker/broken-gguf': { files: { 'tiny.gguf': gguf.subarray(0, 5000) } },
  });
  for (const { files } of Object.values(repositories)) {
    for (const [name, content] of Object.entries(files)) if (content === undefined) Reflect.deleteProperty(files, name);
  }
  hub = await startLocalHub(repositories);
});
beforeEach(() => {
  hub.asked.length = 0;
});
afterEach(() => {
  // Nothing that was laid out is left.
  expect(readdirSync(folder)).toEqual(['tiny.gguf']);
});
afterAll(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true });
});

const engine = localEngine();

function finding(repository: string, file?: string, environment: NodeJS.ProcessEnv = {}) {
  const name = { repository, file };
  const from = { HF_ENDPOINT: hub.address, HF_HOME: folder, ...environment };
  return findOnHub(name, { engine, environment: from, folder: join(folder, 'laid-out') });
}

test('a model is told by its config, tokenizer and the head of its weights', async () => {
  expect(await finding('maker/small')).toMatchObject({
    kind: 'model',
    architecture: 'llama',
    entry: {
      ...{ id: 'maker/small', name: 'small', parameters: 5_328_128, layers: 6, hidden: 256, vocabulary: 4096 },
      ...{ licence: 'small-licence', gated: false, contextLength: 512 },
      sources: [{ kind: 'hub', repository: 'maker/small', revision: 'c0'.repeat(20) }],
    },
  });
  // Of the weights the first 256 kB, and of everything else only what a model needs.
  expect(hub.asked).toContain('model.safetensors bytes=0-262143');
  expect(hub.asked.filter((each) => /\.(bin|py|md)|safetensors$/.test(each))).toEqual([]);
});

test('an unsupported architecture is named with the supported ones, before anything else is fetched', async () => {
  await expect(finding('maker/strange')).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message:
      '“maker/strange” cannot be used here: model type “mamba”. Supported: gemma3_text, gpt2, llama, mistral, qwen2, qwen3.',
  });
  expect(hub.asked).toEqual(['config.json']);
});

test('a gated model says where to accept its licence, and is found by who has', async () => {
  await expect(finding('maker/gated')).rejects.toMatchObject({
    code: 'DOWNLOAD_NEEDS_LICENCE',
    data: { model: 'maker/gated', address: `${hub.address}/maker/gated` },
  });
  expect(await finding('maker/gated', undefined, { HF_TOKEN: 'mine' })).toMatchObject({ entry: { gated: true } });
});

test.each([
  ['maker/nothing', 'HUB_MODEL_NOT_FOUND', { model: 'maker/nothing' }],
  ['maker/pickled', 'MODEL_UNSUPPORTED', { because: { code: 'WEIGHTS_FORMAT' } }],
  ['maker/adapter', 'MODEL_UNSUPPORTED', { because: { code: 'ADAPTER_AS_MODEL' } }],
  ['maker/wordless', 'MODEL_FILE_INVALID', { file: 'tokenizer.json', reason: 'it is not in maker/wordless' }],
  ['maker/misnamed', 'MODEL_FILE_INVALID', { file: 'other.safetensors', reason: 'it is not in maker/misnamed' }],
  ['maker/broken-gguf', 'MODEL_FILE_INVALID', { file: 'tiny.gguf', because: { code: 'GGUF_CUT_OFF' } }],
])('%s is refused as %s', async (repository, code, data) => {
  await expect(finding(repository)).rejects.toMatchObject({ code, data });
});

test('a hub that cannot be reached is said to be so', async () => {
  await expect(finding('maker/small', undefined, { HF_ENDPOINT: 'http://nowhere.invalid' })).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    data: { model: 'maker/small', because: { code: 'HUB_UNREACHABLE' } },
  });
});

test('the only GGUF file of a repository is its model, beside which the vision part does not count', async () => {
  expect(await finding('maker/one-gguf')).toMatchObject({
    kind: 'model',
    architecture: 'llama',
    entry: { id: 'maker/one-gguf:tiny.gguf', name: 'tiny', sources: [{ file: 'tiny.gguf' }] },
  });
});

test('of several GGUF files the whole ones are offered by size, and one is found by its name or its end', async () => {
  const files = [{ name: 'q4/tiny.Q4_0.gguf' }, { name: 'tiny.Q8_0.gguf' }];
  expect(await finding('maker/ggufs')).toMatchObject({ kind: 'files', repository: 'maker/ggufs', files });
  expect(await finding('maker/ggufs', 'none-such')).toMatchObject({ kind: 'files', files });
  for (const wanted of ['q4/tiny.Q4_0.gguf', 'q4_0']) {
    expect(await finding('maker/ggufs', wanted)).toMatchObject({
      entry: { id: 'maker/ggufs:q4/tiny.Q4_0.gguf', name: 'tiny.Q4_0' },
    });
  }
});
