import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { architectureOf } from '../../src-main/engine/architectures/by-model-type.ts';
import { ModelConfig, readModelConfig } from '../../src-main/engine/architectures/model-config.ts';
import { openFolderWeights } from '../../src-main/engine/formats/folder-weights.ts';
import { openGguf } from '../../src-main/engine/formats/gguf.ts';
import { u32, u64 } from '../../src-main/engine/formats/gguf-bytes.ts';
import { huggingFaceTensors } from '../../src-main/engine/formats/gguf-names.ts';
import { openGgufWeights } from '../../src-main/engine/formats/gguf-weights.ts';
import { checkWeights, readWeights } from '../../src-main/engine/weights/stored-weights.ts';

// The tiny golden models as GGUF files with the names and layout of llama.cpp's converter; see
// golden/make_gguf_models.py.
const golden = join(import.meta.dirname, 'golden');
const models = ['llama-tiny', 'llama-mha', 'qwen2-tiny', 'qwen3-tiny', 'gpt2-tiny', 'gemma3-tiny'];

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gguf-models-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test.each(models)('%s has the same weights and the same sizes from GGUF as from safetensors', async (name) => {
  const folder = await mkdtemp(join(scratch, 'model-'));
  await copyFile(join(golden, `${name}.gguf`), join(folder, 'any-name.gguf'));
  const [stored, source] = [await openFolderWeights(join(golden, name)), await openFolderWeights(folder)];
  try {
    const expected = architectureOf(await readModelConfig(join(golden, name)));
    const found = architectureOf(new ModelConfig(source.config ?? {}, source.file));
    expect(found.name).toBe(expected.name);
    for (const fact of ['layers', 'hidden', 'vocabulary', 'contextLength', 'keyValueHeads', 'headSize'] as const) {
      expect(found[fact], fact).toBe(expected[fact]);
    }
    expect(found.endIds).toEqual(expected.endIds);
    // Gemma's golden model scales its RoPE in a way chosen for the file, not the family's.
    if (name !== 'gemma3-tiny') expect(found.rotaryFrequencies).toEqual(expected.rotaryFrequencies);
    expect([...found.parameters]).toEqual([...expected.parameters]);
    checkWeights(found, source);
    const weights = new Map(await Array.fromAsync(readWeights(found, source)));
    for (const [parameter, { data }] of await Array.fromAsync(readWeights(expected, stored))) {
      const other = weights.get(parameter)?.data ?? [];
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? Number.NaN))), 0);
      // Gemma's norms had 1 added and subtracted again, which rounds.
      expect(worst, parameter).toBeLessThanOrEqual(name === 'gemma3-tiny' ? 2e-7 : 0);
    }
  } finally {
    await stored.close();
    await source.close();
  }
});

// Regression: rearranging the rows of Wk never ended.
test('key-value heads listed per layer are read like a single number', async () => {
  const key = 'llama.attention.head_count_kv';
  const bytes = await readFile(join(golden, 'llama-tiny.gguf'));
  const value = bytes.indexOf(key) + key.length;
  const heads = bytes.readUInt32LE(value + 4);
  // Six of them take 32 bytes more than one number, so what follows is still aligned.
  const list = Buffer.concat([u32(9), u32(4), u64(6), ...Array.from({ length: 6 }, () => u32(heads))]);
  const path = join(scratch, 'list.gguf');
  await writeFile(path, Buffer.concat([bytes.subarray(0, value), list, bytes.subarray(value + 8)]));
  const [expected, found] = [await openGgufWeights(join(golden, 'llama-tiny.gguf')), await openGgufWeights(path)];
  try {
    const name = 'model.layers.0.self_attn.k_proj.weight';
    expect(await found.read(name)).toEqual(await expected.read(name));
  } finally {
    await Promise.all([expected.close(), found.close()]);
  }
});

// Regression: with a config.json that gave the heads, such a file was read for ever or with pairs torn apart.
test.each([undefined, 3, 32])('a file with %s heads, which do not fit its rows, is refused', async (heads) => {
  const file = await openGguf(join(golden, 'llama-tiny.gguf'));
  try {
    expect(() => huggingFaceTensors(file, 'llama', { num_attention_heads: heads })).toThrow(
      expect.objectContaining({ code: 'MODEL_FILE_INVALID' }),
    );
  } finally {
    await file.close();
  }
});
