import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { searchHub } from '../../src-main/base-models/search-hub.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';
import { type LocalHub, startLocalHub } from '../fixtures/local-hub.ts';

// A hub over real HTTP on this machine, and the engine itself as the judge.

const folder = ['safetensors', 'license:mit'];
const listed = (facts: object) => ({ files: {}, listed: facts });
const engine = localEngine();
let hub: LocalHub;

beforeAll(async () => {
  hub = await startLocalHub({
    'maker/small': listed({
      ...{ config: { model_type: 'llama', architectures: ['x'] }, tags: folder, downloads: 5 },
      safetensors: { parameters: { F16: 7 }, total: 7 },
    }),
    'maker/small-mamba': listed({ config: { model_type: 'mamba' }, tags: folder }),
    'maker/small-awq': listed({ config: { model_type: 'llama', quantization_config: { bits: 4 } }, tags: folder }),
    'maker/small-code': listed({ config: { model_type: 'llama', auto_map: { AutoModel: 'x' } }, tags: folder }),
    'maker/small-pickled': listed({ config: { model_type: 'llama' }, tags: ['pytorch'] }),
    'maker/small-lora': listed({ config: {}, tags: folder, library_name: 'peft' }),
    'maker/small-GGUF': listed({ tags: ['gguf'], gguf: { architecture: 'gemma3', total: 9, context_length: 8 } }),
    'maker/small-moe-GGUF': listed({ tags: ['gguf'], gguf: { architecture: 'qwen3moe', total: 9 } }),
    // What is not told is not held against it: its files are read when it is looked up.
    'maker/small-untold': listed({ tags: ['safetensors', 7, 'license:\u0007'], safetensors: 'x', downloads: -1 }),
    'maker/odd-name\u001b[31m': listed({ tags: folder }),
    'maker/..': listed({ tags: folder }),
    'maker/gated': { files: {}, gated: 'manual', listed: { config: { model_type: 'qwen3' }, tags: folder } },
    ...Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`many/model-${n}`, listed({ tags: folder })])),
  });
});
afterEach(() => {
  hub.answerSearch = undefined;
});
afterAll(() => hub.stop());

function searching(words: string, seconds?: number) {
  const environment = { HF_ENDPOINT: hub.address, HF_HOME: tmpdir() };
  return searchHub(words, { engine, environment, ...(seconds !== undefined && { seconds }) });
}

test('each model is told by what the hub’s list says, and what cannot be used comes last with its reason', async () => {
  const { matches, isCut } = await searching('small maker');
  expect(isCut).toBe(false);
  expect(matches[0]).toEqual({
    ...{ name: 'maker/small', modelType: 'llama', parameters: 7, licence: 'mit', gated: false, downloads: 5 },
    ...{ isGguf: false, refusal: null },
  });
  expect(matches.map(({ name, refusal }) => [name, refusal?.data?.found])).toEqual([
    ['maker/small', undefined],
    ['maker/small-GGUF', undefined],
    ['maker/small-untold', undefined],
    ['maker/small-mamba', 'model type “mamba”'],
    ['maker/small-awq', 'quantised weights'],
    ['maker/small-code', 'a model with its own code'],
    ['maker/small-pickled', 'weights in another format'],
    ['maker/small-lora', expect.stringMatching(/^an adapter; /)],
    ['maker/small-moe-GGUF', 'model type “qwen3moe”'],
  ]);
  expect(matches[1]).toMatchObject({ isGguf: true, modelType: 'gemma3', parameters: 9 });
  expect(matches[2]).toMatchObject({ modelType: null, parameters: null, downloads: null, licence: '' });
});

test('only the words are sent, and what the studio wants to know', async () => {
  await searching('small & 한국어');
  const query = hub.searched.at(-1);
  expect(query?.get('search')).toBe('small & 한국어');
  expect([...new Set(query?.keys())]).toEqual(['search', 'pipeline_tag', 'sort', 'limit', 'expand']);
});

test('a gated model says so, and names that no repository has are left out', async () => {
  expect((await searching('gated')).matches).toMatchObject([{ name: 'maker/gated', gated: true, refusal: null }]);
  expect(await searching('odd-name')).toEqual({ matches: [], isCut: false });
  expect(await searching('..')).toEqual({ matches: [], isCut: false });
});

test('more than are shown are told to be more', async () => {
  const { matches, isCut } = await searching('many/');
  expect([matches.length, isCut]).toEqual([30, true]);
});

const strange = 'its answer is not that of a hub';

test.each([
  ['{"error":"no"}', strange],
  ['<html>', strange],
  [`["${'x'.repeat(8_000_000)}"]`, strange],
  ['['.repeat(1_000_000), strange],
])('an answer that is not a list of models is refused: %#', async (text, reason) => {
  hub.answerSearch = (response) => response.end(text);
  await expect(searching('small')).rejects.toMatchObject({ code: 'HUB_SEARCH_FAILED', data: { reason } });
});

test('entries that are not models are left out', async () => {
  hub.answerSearch = (response) =>
    response.end('[null, 7, {"id": 7}, {"id": "maker/small", "config": "x", "gated": 3}]');
  expect((await searching('small')).matches.map(({ name }) => name)).toEqual(['maker/small']);
});

test.each([
  [429, 'it has been asked too often; wait a few minutes'],
  [503, 'it answers with the status 503'],
])('a hub that answers %i is told to', async (status, reason) => {
  hub.answerSearch = (response) => response.writeHead(status).end();
  await expect(searching('small')).rejects.toMatchObject({ data: { reason } });
});

test('a hub that takes too long, or cannot be reached, is told as that', async () => {
  hub.answerSearch = (response) => response.write('[');
  await expect(searching('small', 0.2)).rejects.toMatchObject({
    data: { reason: 'it did not answer within 0.2 seconds', because: { code: 'HUB_SLOW' } },
  });
  const stopped = await startLocalHub({});
  await stopped.stop();
  const nowhere = { HF_ENDPOINT: stopped.address, HF_HOME: tmpdir() };
  await expect(searchHub('small', { engine, environment: nowhere })).rejects.toMatchObject({
    data: { because: { code: 'HUB_UNREACHABLE' } },
  });
});
