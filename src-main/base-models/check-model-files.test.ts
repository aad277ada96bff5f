import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { Engine } from '../engine/engine.ts';
import { checkModelFiles } from './check-model-files.ts';

let folder: string;
let asked: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-check-'));
  asked = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stands in for the engine: it accepts everything but a config of an unknown kind. */
const engine = {
  async check({ file, kind }: { file: string; kind: string }) {
    asked.push(kind);
    if (file.includes('unknown')) {
      throw new StudioError('MODEL_UNSUPPORTED', {
        file,
        ...because('MODEL_TYPE', { type: 'unknown', known: 'llama' }),
      });
    }
  },
} as Partial<Engine> as Engine;

async function verdictOn(name: string, content: string | Buffer): Promise<string> {
  writeFileSync(join(folder, name), content);
  const [verdict] = await checkModelFiles([join(folder, name)], engine);
  return verdict?.error?.code ?? verdict?.verdict ?? '';
}

const tokenizer = (changes: object = {}, model: object = {}) =>
  JSON.stringify({
    added_tokens: [{ id: 3, content: '<end>', special: true }],
    ...{ normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null },
    model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2, '<end>': 3 }, merges: ['a b'], ...model },
    ...changes,
  });

test('JSON files are recognised by their content, weights by their extension', async () => {
  expect(await verdictOn('one.json', '{"model_type":"llama"}')).toBe('accept');
  expect(await verdictOn('two.json', '{"peft_type":"LORA"}')).toBe('accept');
  expect(await verdictOn('three.safetensors', '')).toBe('accept');
  expect(await verdictOn('three.gguf', '')).toBe('accept');
  expect(await verdictOn('four.json', tokenizer())).toBe('accept');
  expect(asked).toEqual(['config', 'adapter-config', 'safetensors', 'gguf']);
  expect(await verdictOn('five.json', '{"something":1}')).toBe('MODEL_FILE_INVALID');
});

// Regression: what the studio had exported, and imported again, was “another format” here.
test('a GGUF file without its extension is one', async () => {
  expect(await verdictOn('sha256-1f', 'GGUF\x03')).toBe('accept');
  expect(asked).toEqual(['gguf']);
});

test('a config of an unknown kind is unsupported, not damaged', async () => {
  writeFileSync(join(folder, 'unknown.json'), '{"model_type":"other"}');
  expect(await checkModelFiles([join(folder, 'unknown.json')], engine)).toMatchObject([{ verdict: 'unsupported' }]);
});

test('a tokenizer with contradictory parts is refused', async () => {
  const bad = 'MODEL_FILE_INVALID';
  expect(await verdictOn('t.json', tokenizer({}, { vocab: { a: 0, b: 0 } }))).toBe(bad);
  expect(await verdictOn('t.json', tokenizer({}, { merges: ['a c'] }))).toBe(bad);
  expect(await verdictOn('t.json', tokenizer({}, { merges: ['a b c'] }))).toBe(bad);
  expect(await verdictOn('t.json', tokenizer({}, { vocab: { a: 0, b: 2 ** 53 } }))).toBe(bad);
  expect(await verdictOn('t.json', tokenizer({ added_tokens: [{ id: 1, content: 'x' }] }))).toBe(bad);
  expect(await verdictOn('t.json', tokenizer({}, { unk_token: 'nowhere' }))).toBe(bad);
  const nested = Array(200)
    .fill(0)
    .reduce<object>((inner) => ({ type: 'Sequence', normalizers: [inner] }), {});
  expect(await verdictOn('t.json', tokenizer({ normalizer: nested }))).toBe(bad);
});

test('an index may only name files in its own folder', async () => {
  const index = (shard: unknown) => JSON.stringify({ weight_map: { a: shard } });
  expect(await verdictOn('i.json', index('model-1.safetensors'))).toBe('accept');
  for (const shard of ['../x.safetensors', '/x.safetensors', 'C:\\x.safetensors', 'https://x/y', 5]) {
    expect(await verdictOn('i.json', index(shard))).toBe('MODEL_FILE_INVALID');
  }
});

test('a pickle is refused unread, and another format is unsupported', async () => {
  expect(await verdictOn('weights.bin', 'anything')).toBe('MODEL_FILE_PICKLED');
  expect(await verdictOn('weights.dat', Buffer.from([0x80, 2, 125]))).toBe('MODEL_FILE_PICKLED');
  expect(await verdictOn('weights.onnx', 'ONNX')).toBe('MODEL_UNSUPPORTED');
});
