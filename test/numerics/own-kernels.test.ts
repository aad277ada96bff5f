import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LiveAdapter } from '../../src-main/engine/adapters/adaptation.ts';
import { AdapterStack } from '../../src-main/engine/adapters/adapter-stack.ts';
import { initialiseLora } from '../../src-main/engine/adapters/lora.ts';
import { type DecodeMatrices, decodeGraph } from '../../src-main/engine/answering/decode-graph.ts';
import { DecodePass } from '../../src-main/engine/answering/decode-pass.ts';
import { KeyValueCache } from '../../src-main/engine/answering/key-value-cache.ts';
import type { Architecture } from '../../src-main/engine/architectures/architecture.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import { Random } from '../../src-main/engine/random.ts';

const golden = join(import.meta.dirname, 'golden');

/** The cosine of the angle between two vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

const graphOf = (architecture: Architecture) => (matrices: DecodeMatrices) =>
  decodeGraph(architecture, { targets: new Set(architecture.targets), layers: undefined, matrices });

test.each([
  'llama-tiny',
  'llama3-tiny',
  'llama-mha',
  'llama-wide',
  'mistral-tiny',
  'qwen2-tiny',
  'qwen3-tiny',
  'gpt2-tiny',
  'gemma3-tiny',
])('%s: decoding with our kernels gives the logits of float32 up to rounding', async (name) => {
  const folder = join(golden, name);
  const backend = onnxruntimeBackend();
  const logitsOf = async (precision: 'float32' | 'int8', kind: 'prefill' | 'decode') => {
    const model = await loadModel(folder, backend, precision);
    const { architecture } = model;
    const { targets } = architecture;
    const lora = initialiseLora(architecture, { rank: 4, alpha: 8, targets, initialisation: 'kaiming', seed: 1 });
    const random = new Random(3);
    for (const { data } of lora.tensors.values()) data.set(data.map((value) => value + 0.05 * random.normal()));
    const adapter: LiveAdapter = { weights: lora, scale: lora.scale };
    const pass = new DecodePass(model, new AdapterStack(architecture));
    const cache = new KeyValueCache(architecture, 2);
    const ids = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ((from + i) * 7 + 3) % architecture.vocabulary);
    // The prompt is read, then one token, then three, for a row with an adapter and a row without.
    const rows = (from: number, count: number) =>
      [adapter, null].map((each, row) => ({ ids: ids(from + row, count), adapter: each, asked: count }));
    await pass.run(cache, rows(0, 9));
    cache.keep([9, 9]);
    const decoded = [];
    for (const [from, count] of [
      [9, 1],
      [10, 3],
    ] as const) {
      decoded.push(...(await pass.run(cache, rows(from, count), kind)).flat().map((each) => each.slice()));
      cache.keep([count, count]);
    }
    if (kind === 'decode') expect(await model.kernelExecutable('any', graphOf(architecture))).toBeDefined();
    await model.release();
    return decoded;
  };
  const exact = await logitsOf('float32', 'prefill');
  const own = await logitsOf('int8', 'decode');
  expect(own).toHaveLength(8);
  // When onnxruntime reads the prompt, each row has a single quantisation step: 0.979 for this model.
  const least = name === 'llama-wide' ? 0.97 : 0.98;
  for (const [i, logits] of own.entries()) expect(cosine(logits, exact[i] as Float32Array)).toBeGreaterThan(least);
});
