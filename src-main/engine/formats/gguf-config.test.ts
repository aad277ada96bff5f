import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { GgufFile, GgufTensor } from './gguf.ts';
import { ggufConfig } from './gguf-config.ts';

const tensor: GgufTensor = { type: { name: 'F32', elements: 1, bytes: 4 }, dims: [16, 8], offset: 0, bytes: 512 };

/** What `ggufConfig` reads from a Llama file: its keys, and a table of divisors if it has one. */
function llamaFile(keys: Readonly<Record<string, number | string>>, divisors?: Float32Array): GgufFile {
  const metadata = new Map<string, number | string>([['general.architecture', 'llama'], ...Object.entries(keys)]);
  const tensors = new Map([['token_embd.weight', tensor]]);
  if (divisors !== undefined) tensors.set('rope_freqs.weight', { ...tensor, dims: [divisors.length] });
  const nothing = async () => Buffer.alloc(0);
  const readFloat32 = async () => divisors ?? new Float32Array();
  return {
    path: 'llama.gguf',
    sizeBytes: 512,
    metadata,
    tensors,
    descriptor: -1,
    readBytes: nothing,
    readFloat32,
    close: async () => {},
  };
}

const scalingOf = async (file: GgufFile) => (await ggufConfig(file)).rope_scaling;

// From transformers 5.24, for heads of 16 and theta 500,000: the fifth wave, 4,443 positions long, lies between 8192 ÷
// 4 and 8192, and is blended.
const llama3 = Float32Array.of(1, 1, 1, 1, 3.292262554168701, 32, 32, 32);

test('Llama 3’s table of RoPE divisors is converted back to the numbers of its config', async () => {
  expect(await scalingOf(llamaFile({ 'llama.rope.freq_base': 500_000 }, llama3))).toEqual({
    rope_type: 'llama3',
    ...{ factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 },
  });
});

test('any other table of RoPE divisors is refused, as its angles would differ', async () => {
  const other = llama3.with(4, 5);
  await expect(scalingOf(llamaFile({ 'llama.rope.freq_base': 500_000 }, other))).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
  });
});

// Regression: each was an argument of one call, and the stack overflowed.
test('a table of a million RoPE divisors is judged too', async () => {
  const plain = new Float32Array(1_000_000).fill(1);
  expect(await scalingOf(llamaFile({}, plain))).toMatchObject({ rope_type: 'llama3', factor: 1 });
  await expect(scalingOf(llamaFile({}, plain.with(0, 2)))).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
});

test('a RoPE scaling type is read with its factor and original context length', async () => {
  const keys = { 'llama.rope.scaling.type': 'yarn', 'llama.rope.scaling.factor': 4 };
  const trained = { 'llama.rope.scaling.original_context_length': 4096 };
  const expected = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 4096 };
  expect(await scalingOf(llamaFile({ ...keys, ...trained }))).toEqual(expected);
  expect(await scalingOf(llamaFile({ 'llama.rope.scaling.type': 'none' }))).toBeUndefined();
});

// It used to be ignored silently, and long texts got angles that the model was not trained for.
test.each(['llama.rope.scaling.factor', 'llama.rope.scale_linear'])('%s alone means linear scaling', async (key) => {
  expect(await scalingOf(llamaFile({ [key]: 2 }))).toEqual({ rope_type: 'linear', factor: 2 });
  expect(await scalingOf(llamaFile({ [key]: 0 }))).toBeUndefined();
});

// GPT-2’s was never read: one that is rounded to another type than the embeddings computes something else.
test('a head is tied if the file has none or a copy of the embeddings', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gguf-head-'));
  const isTied = async (bytes: readonly number[], head: GgufTensor) => {
    await writeFile(join(folder, 'x.gguf'), Buffer.from(bytes));
    const file = await open(join(folder, 'x.gguf'));
    const { metadata, ...llama } = llamaFile({});
    const tensors = new Map([
      ...llama.tensors,
      ['token_embd.weight', { ...tensor, bytes: 3 }],
      ['output.weight', head],
    ]);
    const keys = new Map(metadata).set('general.architecture', 'gpt2');
    const config = await ggufConfig({ ...llama, metadata: keys, tensors, descriptor: file.fd });
    await file.close();
    return config.tie_word_embeddings;
  };
  const head = { ...tensor, offset: 3, bytes: 3 };
  expect(await isTied([1, 2, 3, 1, 2, 3], head)).toBe(true);
  expect(await isTied([1, 2, 3, 1, 2, 4], head)).toBe(false);
  expect(await isTied([1, 2, 3, 1, 2, 3], { ...head, type: { name: 'F16', elements: 1, bytes: 2 } })).toBe(false);
  expect((await ggufConfig(llamaFile({}))).tie_word_embeddings).toBe(true);
  await rm(folder, { recursive: true });
});

// It was never read, and whole heads were rotated where llama.cpp rotates a part of each.
test('the rotated part of a head is a part of the config', async () => {
  const partOf = async (keys: Readonly<Record<string, number>>) =>
    (await ggufConfig(llamaFile(keys))).partial_rotary_factor;
  const sizes = { 'llama.embedding_length': 64, 'llama.attention.head_count': 4 };
  expect(await partOf({ ...sizes, 'llama.rope.dimension_count': 8 })).toBe(0.5);
  expect(await partOf({ ...sizes, 'llama.rope.dimension_count': 16 })).toBe(1);
  expect(await partOf({ ...sizes, 'llama.attention.key_length': 32, 'llama.rope.dimension_count': 32 })).toBe(1);
  expect(await partOf(sizes)).toBeUndefined();
});
