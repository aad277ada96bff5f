import { expect, test } from 'vitest';
import { architectureOf } from './architectures/by-model-type.ts';
import { ModelConfig } from './architectures/model-config.ts';
import { float32 } from './tensor.ts';
import { readBlocks } from './weight-blocks.ts';

const architecture = architectureOf(
  new ModelConfig(
    {
      ...{ model_type: 'llama', vocab_size: 3, hidden_size: 64, intermediate_size: 32, tie_word_embeddings: true },
      ...{ num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1 },
    },
    'config.json',
  ),
);

test('blocks of four bits are kept as they are', async () => {
  // Each block holds −8, and whole numbers from −8 to 7 else, times a scale of its own.
  const value = (i: number) => (0.5 + Math.floor(i / 32)) * (i % 32 === 5 ? -8 : (i % 16) - 8);
  const { bytes, values } = await unpacked(value);
  expect(bytes).toBe(16);
  expect(values).toEqual(Array.from({ length: values.length }, (_, i) => value(i)));
});

test('so are they where there are no four bits, in a byte each', async () => {
  const value = (i: number) => (0.5 + Math.floor(i / 32)) * (i % 32 === 5 ? -8 : (i % 16) - 8);
  const { bytes, values } = await unpacked(value, { fourBits: false });
  expect(bytes).toBe(32);
  expect(values).toEqual(Array.from({ length: values.length }, (_, i) => value(i)));
});

test('blocks of eight bits are kept as they are', async () => {
  const value = (i: number) => 0.25 * (i % 64 === 3 ? 127 : (i % 200) - 100);
  const { bytes, values } = await unpacked(value);
  expect(bytes).toBe(64);
  expect(values).toEqual(Array.from({ length: values.length }, (_, i) => value(i)));
});

test('anything else is off by at most half a step of 1/127 of a block’s largest', async () => {
  const value = (i: number) => Math.sin(i * 1.7) * (1 + Math.floor(i / 64));
  const { values } = await unpacked(value);
  for (const [i, found] of values.entries()) {
    expect(Math.abs(found - value(i))).toBeLessThanOrEqual((1 + Math.floor(i / 64)) / 254 + 1e-6);
  }
});

test('queries, keys and values lie in one matrix, one below the other', async () => {
  const blocks = await readBlocks(
    architecture,
    weights((_i, name) => (name.includes('k_proj') ? 1 : 0)),
    { fourBits: true },
  );
  // 64 rows of queries, 32 of keys, 32 of values, two blocks of four bits in each.
  const scales = [...(blocks.get('0.qkv.scales')?.data ?? [])];
  expect(scales).toHaveLength(2 * 128);
  expect(scales.map((scale) => scale !== 0)).toEqual(scales.map((_, i) => i >= 128 && i < 192));
});

/** The head, which holds `value(i)`, as its blocks have it. */
async function unpacked(value: (i: number) => number, { fourBits = true } = {}) {
  const blocks = await readBlocks(
    architecture,
    weights((i, name) => (name.includes('embed') ? value(i) : 0)),
    { fourBits },
  );
  const integers = blocks.get('model.embed_tokens.integers');
  const scales = blocks.get('model.embed_tokens.scales')?.data ?? [];
  const bytes = integers?.dims[2] as number;
  const values = Array.from({ length: 3 * 64 }, (_, i) => {
    const isFour = bytes === 16;
    const byte = integers?.data[isFour ? i >> 1 : i] as number;
    const whole = isFour ? ((byte >> (4 * (i % 2))) & 15) - 8 : byte - 128;
    return whole * (scales[Math.floor(i / (isFour ? 32 : bytes))] as number);
  });
  return { bytes, values };
}

async function* weights(value: (i: number, name: string) => number) {
  for (const [name, dims] of architecture.parameters) {
    const size = dims.reduce((product, dim) => product * dim, 1);
    yield [
      name,
      float32(
        dims,
        Float32Array.from({ length: size }, (_, i) => value(i, name)),
      ),
    ] as const;
  }
}
