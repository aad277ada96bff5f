import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoraWeights } from '../../src-main/engine/adapters/lora.ts';
import { generateTokens } from '../../src-main/engine/answering/generate.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { input } from '../../src-main/engine/graph/expression.ts';
import { matmulBlocks } from '../../src-main/engine/graph/ops/matmul-blocks.ts';
import { matmulInt8 } from '../../src-main/engine/graph/ops/matmul-int8.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import type { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { logProbabilities } from '../../src-main/engine/model/model-graph.ts';
import { float32, type Tensor } from '../../src-main/engine/tensor.ts';
import { scoreRows } from '../../src-main/engine/training/score.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { byteRows, filledAdapter, trainingPass } from '../fixtures/training-pass.ts';

// What rounding the base to int8 costs, on a model with random weights, which are as hard to round as any.
const folder = mkdtempSync(join(tmpdir(), 'int8-'));
const forever = new AbortController().signal;

let exact: LoadedModel;
let rounded: LoadedModel;
let adapter: LoraWeights;

beforeAll(async () => {
  writeTinyModel(folder, { hidden: 128, intermediate: 256, layers: 3 });
  const backend = onnxruntimeBackend({ threads: 2 });
  [exact, rounded] = await Promise.all([loadModel(folder, backend), loadModel(folder, backend, 'int8')]);
  adapter = filledAdapter(exact.architecture, ['q', 'v', 'down']);
});

afterAll(async () => {
  await Promise.all([exact?.release(), rounded?.release()]);
  rmSync(folder, { recursive: true });
});

test('layer matrices are stored in int8 only, and the head in both int8 and float32', async () => {
  expect(rounded.precision).toBe('int8');
  expect([...rounded.weights.keys()].filter((name) => name.endsWith('proj.weight'))).toEqual([]);
  const feeds = await rounded.feeds();
  expect(feeds.has('model.layers.0.mlp.down_proj.int8')).toBe(true);
  const head = ['weight', 'int8', 'int8_transposed'].map((form) => feeds.has(`model.embed_tokens.${form}`));
  expect(head).toEqual([true, true, false]);
});

test('a small model stays in float32 if the choice is left to the engine', async () => {
  const chosen = await loadModel(folder, exact.backend, 'auto');
  expect(chosen.precision).toBe('float32');
  await chosen.release();
});

test('log-probabilities differ from float32 by a few hundredths of a nat', async () => {
  const live = { weights: adapter, scale: adapter.scale };
  const floats = (await scoreRows(exact, live, byteRows, forever)).flat();
  const integers = (await scoreRows(rounded, live, byteRows, forever)).flat();
  const mean = floats.reduce((sum, value, i) => sum + Math.abs(value - (integers[i] as number)), 0) / floats.length;
  expect(mean).toBeGreaterThan(0);
  // Three layers and a head, each product off by about 1 % of logits that are some nats apart.
  expect(mean).toBeLessThan(0.08);
});

test('the gradient of every A and B points in nearly the same direction as in float32', async () => {
  const [floats, integers] = [
    await trainingPass(exact, adapter, byteRows),
    await trainingPass(rounded, adapter, byteRows),
  ];
  floats.delete(logProbabilities);
  for (const [name, gradient] of floats) expect(cosine(gradient, integers.get(name) ?? [])).toBeGreaterThan(0.99);
});

test('gradients point the same way with a vocabulary of thousands, though each token weighs little', async () => {
  const wide = join(folder, 'wide');
  writeTinyModel(wide, { hidden: 128, intermediate: 256, layers: 2, vocabulary: 8192, embeddingMean: 0.1 });
  const models = await Promise.all([loadModel(wide, exact.backend), loadModel(wide, exact.backend, 'int8')]);
  const weights = filledAdapter(models[0].architecture, ['q', 'v']);
  const [floats, integers] = await Promise.all(
    models.map((model) => trainingPass(model, weights, byteRows.slice(0, 2))),
  );
  floats?.delete(logProbabilities);
  for (const [name, gradient] of floats ?? [])
    expect(cosine(gradient, integers?.get(name) ?? [])).toBeGreaterThan(0.98);
  await Promise.all(models.map((model) => model.release()));
});

test('prefill and single-token decoding agree: an answer does not depend on where the prompt ends', async () => {
  const promptIds = [5, 9, 2, 40, 77, 13];
  const job = { modelFolder: folder, adapter: null, promptIds, temperature: 0, topK: 0, topP: 1, seed: 0, stopIds: [] };
  const write = async (model: LoadedModel, prompt: readonly number[], maxTokens: number) => {
    const ids: number[] = [];
    const live = async () => ({ weights: adapter, scale: adapter.scale });
    for await (const event of generateTokens(model, live, { ...job, promptIds: prompt, maxTokens }, forever)) {
      if (event.kind === 'token') ids.push(event.id);
    }
    return ids;
  };
  for (const use of ['none', 'reading', 'all'] as const) {
    const model = await loadModel(folder, { ...exact.backend, integersFor: async () => use }, 'int8');
    expect(model.answersBy).toBe(use === 'none' ? 'blocks' : 'integers');
    const whole = await write(model, promptIds, 12);
    expect(whole).toHaveLength(12);
    expect(await write(model, [...promptIds, ...whole.slice(0, 6)], 6)).toEqual(whole.slice(6));
    await model.release();
  }
});

test('the largest products do not saturate, even if the processor sums pairs in 16 bits', async () => {
  const [inFeatures, out] = [64, 16];
  const matrix = {
    integers: input('integers', [inFeatures, out], 'int8'),
    transposed: input('transposed', [out, inFeatures], 'int8'),
    scales: input('scales', [out]),
  };
  const product = await exact.backend.compile({ y: matmulInt8(input('x', ['rows', inFeatures]), matrix) });
  const { y } = await product.run(
    new Map<string, Tensor>([
      ['x', float32([1, inFeatures], new Float32Array(inFeatures).fill(1))],
      ['integers', { type: 'int8', dims: [inFeatures, out], data: new Int8Array(inFeatures * out).fill(127) }],
      ['scales', float32([out], new Float32Array(out).fill(1))],
    ]),
  );
  for (const value of y.data) expect(value).toBeCloseTo(inFeatures * 127, 1);
  await product.release();
});

test('a row of an int8 product is the same bit for bit, whatever rows are beside it', async () => {
  const matrix = {
    integers: input('integers', [16, 8], 'int8'),
    transposed: input('transposed', [8, 16], 'int8'),
    scales: input('scales', [8]),
  };
  const product = await exact.backend.compile({ y: matmulInt8(input('x', ['rows', 16]), matrix) });
  const multiply = async (x: Float32Array) => {
    const feeds = new Map<string, Tensor>([
      ['x', float32([x.length / 16, 16], x)],
      [
        'integers',
        { type: 'int8', dims: [16, 8], data: Int8Array.from({ length: 128 }, (_, i) => ((i * 37) % 255) - 127) },
      ],
      ['scales', float32([8], new Float32Array(8).fill(0.01))],
    ]);
    return Array.from((await product.run(feeds)).y.data);
  };
  // The second row is a thousand times the first.
  const x = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i) * (i < 16 ? 1 : 1000));
  const [first, second] = [await multiply(x.slice(0, 16)), await multiply(x.slice(16))];
  expect(await multiply(x)).toEqual([...first, ...second]);
  // Rows of zeros, as the gradient of tokens without loss, and rows close to zero have a quantisation step of zero.
  const nothing = new Float32Array(32).fill(1e-38, 16);
  for (const value of await multiply(nothing)) expect(Math.abs(value)).toBeLessThan(1e-30);
  expect(await multiply(Float32Array.of(...x, ...nothing))).toEqual([
    ...first,
    ...second,
    ...(await multiply(nothing)),
  ]);
  await product.release();
});

test.each([
  { bits: 8, size: 64 },
  { bits: 8, size: 32 },
  { bits: 4, size: 32 },
] as const)(
  'a row of a product by blocks of $size numbers of $bits bits does not depend on the other rows',
  async ({ bits, size }) => {
    // Without VNNI onnxruntime sums a single row in another order, and answers use no int4 blocks (decision 0045).
    if (bits === 4 && (await exact.backend.integersFor()) === 'all')
      return console.warn('Not looked at: answers have no blocks of four bits on this processor.');
    const [inFeatures, out, rows] = [192, 48, 17];
    const [perRow, bytes] = [inFeatures / size, (size * bits) / 8];
    const matrix = {
      bits,
      integers: input('integers', [out, perRow, bytes], 'uint8'),
      scales: input('scales', [out * perRow]),
    };
    const integers = Uint8Array.from({ length: out * perRow * bytes }, (_, i) => (i * 7919) % 256);
    const scales = Float32Array.from({ length: out * perRow }, (_, i) => 0.01 + 0.001 * Math.sin(i));
    const product = await exact.backend.compile(
      { y: matmulBlocks(input('x', ['rows', inFeatures]), matrix) },
      new Map<string, Tensor>([
        ['integers', { type: 'uint8', dims: [out, perRow, bytes], data: integers }],
        ['scales', float32([out * perRow], scales)],
      ]),
    );
    const multiply = async (x: Float32Array) => {
      const { y } = await product.run(new Map([['x', float32([x.length / inFeatures, inFeatures], x)]]));
      return Array.from(y.data);
    };
    const x = Float32Array.from({ length: rows * inFeatures }, (_, i) => Math.sin(i * 1.3) * (1 + (i % 7)));
    const together = await multiply(x);
    for (const count of [1, 2, 3, 5]) {
      const apart: number[] = [];
      for (let row = 0; row < rows; row += count) {
        apart.push(...(await multiply(x.slice(row * inFeatures, Math.min(rows, row + count) * inFeatures))));
      }
      expect(apart).toEqual(together);
    }
    await product.release();
  },
);

function cosine(a: Float32Array, b: ArrayLike<number>): number {
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...Array.from(b)));
}
