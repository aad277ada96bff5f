import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AdapterCache } from '../../src-main/engine/adapters/adapter-cache.ts';
import { AdapterStack } from '../../src-main/engine/adapters/adapter-stack.ts';
import { adaptedModules, initialiseLora, type LoraWeights } from '../../src-main/engine/adapters/lora.ts';
import { DecodePass } from '../../src-main/engine/answering/decode-pass.ts';
import { generateTokens } from '../../src-main/engine/answering/generate.ts';
import { KeyValueCache } from '../../src-main/engine/answering/key-value-cache.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { TrainJob } from '../../src-main/engine/engine.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { logProbabilities, trainGraph } from '../../src-main/engine/model/model-graph.ts';
import { float32, int32, type Tensor } from '../../src-main/engine/tensor.ts';
import type { BatchRow } from '../../src-main/engine/training/batch-row.ts';
import { cutMicroBatches, type MicroBatch } from '../../src-main/engine/training/micro-batches.ts';
import { adaptedExecutable, scoreRows } from '../../src-main/engine/training/score.ts';
import { trainableOf } from '../../src-main/engine/training/trainable.ts';
import { worstDifference } from './worst-difference.ts';

// Identities of LoRA that hold for any weights: shown on a tiny model with an adapter on all seven matrices.
const folder = join(import.meta.dirname, 'golden');
const modelFolder = join(folder, 'llama-tiny');
const adapterFolder = join(folder, 'llama-tiny-lora');
const forever = new AbortController().signal;
const allTargets = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;

let rows: readonly BatchRow[];
let model: LoadedModel;
let adapter: LoraWeights;

beforeAll(async () => {
  rows = (JSON.parse(await readFile(join(folder, 'llama-tiny.json'), 'utf8')) as { examples: BatchRow[] }).examples;
  model = await loadModel(modelFolder, onnxruntimeBackend({ threads: 2 }));
  adapter = await new AdapterCache().get(adapterFolder, model.architecture);
});

afterAll(() => model.release());

test.each(['kaiming', 'gaussian'] as const)(
  'a fresh %s adapter leaves scores and logits bit-identical to the base',
  async (initialisation) => {
    const fresh = initialiseLora(model.architecture, {
      rank: 8,
      alpha: 16,
      targets: allTargets,
      initialisation,
      seed: 1,
    });
    const live = { weights: fresh, scale: fresh.scale };
    expect(await scoreRows(model, live, rows, forever)).toEqual(await scoreRows(model, null, rows, forever));
    expect(await logitsAfter([5, 9, 2, 40], live)).toEqual(await logitsAfter([5, 9, 2, 40], null));
  },
);

test('strength 0 is bit-identical to the base, whatever the adapter holds', async () => {
  const live = { weights: adapter, scale: 0 };
  expect(await scoreRows(model, live, rows, forever)).toEqual(await scoreRows(model, null, rows, forever));
  expect(await logitsAfter([5, 9, 2, 40], live)).toEqual(await logitsAfter([5, 9, 2, 40], null));
});

test.each([1, 0.5, -1])('at strength %d, merged weights W + scale · BA score as the adapter does', async (strength) => {
  const scale = adapter.scale * strength;
  const merged = mergedModel(scale);
  const apart = (await scoreRows(model, { weights: adapter, scale }, rows, forever)).flat();
  const together = (await scoreRows(merged, null, rows, forever)).flat();
  // Two orders of float32 sums over two layers.
  expect(worstDifference(apart, together)).toBeLessThan(2e-5);
  expect(worstDifference(apart, (await scoreRows(model, null, rows, forever)).flat())).toBeGreaterThan(1e-2);
  await merged.release();
});

test('a row scores the same to 1e-6 alone, packed with others or behind padding', async () => {
  const live = { weights: adapter, scale: adapter.scale };
  const packed = await scoreRows(model, live, rows, forever);
  for (const [i, row] of rows.entries()) {
    const [alone = []] = await scoreRows(model, live, [row], forever);
    const short = await scoreRows(model, live, [row, { ids: Array(60).fill(3), targetStart: 59 }], forever);
    expect(worstDifference(packed[i] ?? [], alone)).toBeLessThan(1e-6);
    expect(worstDifference(short[0] ?? [], alone)).toBeLessThan(1e-6);
  }
});

test('the gradient of a packed batch is the sum of the gradients of its rows', async () => {
  const together = await gradientsOf(rows, { tokenBudget: 2048 });
  const summed = new Map<string, Float32Array>();
  for (const row of rows) {
    for (const [name, part] of await gradientsOf([row], { tokenBudget: 2048 })) {
      const sum = summed.get(name) ?? new Float32Array(part.length);
      summed.set(
        name,
        sum.map((value, i) => value + (part[i] as number)),
      );
    }
  }
  expectSameGradient(together, summed);
});

test('gradients accumulated over micro-batches of 32 tokens equal those of one of 2048', async () => {
  const large = await gradientsOf(rows, { tokenBudget: 2048 });
  const accumulated = await gradientsOf(rows, { tokenBudget: 32 });
  expectSameGradient(large, accumulated);
});

test('rows with a shared prefix give the same log-probabilities and gradients in one sequence as apart', async () => {
  const context = [7, 3, 3, 9, 12, 30, 5, 2, 41, 17, 60, 8, 8, 25, 1, 50, 33, 4, 11, 29];
  const branch = (own: readonly number[], targets: number): BatchRow => ({
    ids: [...context, ...own],
    targetStart: context.length + own.length - targets,
  });
  const kin = [branch([13, 44, 6, 21], 2), branch([13, 2], 1), branch([13, 44, 6, 21], 2), branch([9, 27, 27], 3)];
  const [batch, ...others] = batchesOf(kin, 2048) as [MicroBatch];
  expect(others).toEqual([]);
  // 20 shared, then 4, 2, 4 and 3 of their own: 33 tokens instead of 93.
  expect(batch).toMatchObject({ sequences: 1, length: 48, tokens: 93, targetTokens: 8 });

  const live = { weights: adapter, scale: adapter.scale };
  const together = await scoreRows(model, live, kin, forever);
  const apart = await Promise.all(kin.map(async (row) => (await scoreRows(model, live, [row], forever))[0]));
  kin.forEach((_, i) => {
    expect(worstDifference(together[i] ?? [], apart[i] ?? [])).toBeLessThan(1e-6);
  });
  const summed = new Map<string, Float32Array>();
  for (const row of kin) {
    for (const [name, part] of await gradientsOf([row], { tokenBudget: 2048 })) {
      summed.set(
        name,
        part.map((value, i) => value + (summed.get(name)?.[i] ?? 0)),
      );
    }
  }
  expectSameGradient(await gradientsOf(kin, { tokenBudget: 2048 }), summed);
});

test('tokens of other rows or in the padding do not affect a row, bit for bit', async () => {
  const [batch] = batchesOf(rows, 2048) as [MicroBatch];
  const changed = rows.map((row, i) => (i === 3 ? row : { ...row, ids: Array.from(row.ids, (id) => (id % 62) + 1) }));
  const [other] = batchesOf(changed, 2048) as [MicroBatch];
  const ofRow3 = (logProbs: readonly number[]) => logProbs.filter((_, i) => batch.targetRows[i] === 3);
  const before = await logProbsOf(batch.feeds());
  const after = await logProbsOf(other.feeds());
  expect(ofRow3(after)).toEqual(ofRow3(before));
  expect(after).not.toEqual(before);

  const padded = new Map(batch.feeds());
  const ids = padded.get('ids') as Tensor<'int32'>;
  // No row contains the id 0.
  const isPadding = (i: number) => ids.data[i] === 0;
  const noise = ids.data.map((id, i) => (isPadding(i) ? 1 + (i % 63) : id));
  expect(noise.filter((id, i) => id !== ids.data[i]).length).toBe(batch.sequences * batch.length - batch.tokens);
  expect(await logProbsOf(padded.set('ids', int32(ids.dims, noise)))).toEqual(before);
});

test('context is read but not predicted: each target token gets one log-probability', async () => {
  const [whole = []] = await scoreRows(model, null, [{ ids: [4, 8, 15, 16, 23, 42], targetStart: 1 }], forever);
  const [tail = []] = await scoreRows(model, null, [{ ids: [4, 8, 15, 16, 23, 42], targetStart: 4 }], forever);
  expect(tail).toEqual(whole.slice(3));
  const [otherContext = []] = await scoreRows(model, null, [{ ids: [5, 8, 15, 16, 23, 42], targetStart: 4 }], forever);
  expect(otherContext).not.toEqual(tail);
});

test('gradients of A and B follow from dW by the chain rule: dA = scale · Bᵀ dW, dB = scale · dW Aᵀ', async () => {
  const byAdapter = await gradientsOf(rows, { tokenBudget: 2048 });
  const merged = mergedModel(adapter.scale);
  const byWeight = await gradientsOf(rows, { tokenBudget: 2048, full: merged });
  for (const module of adaptedModules(model.architecture, adapter.targets)) {
    const [a, b] = [adapter.tensors.get(`${module}.lora_A`), adapter.tensors.get(`${module}.lora_B`)];
    const [out, inside, rank] = [b?.dims[0] as number, a?.dims[1] as number, adapter.rank];
    const dW = byWeight.get(`${module}.weight`) as Float32Array;
    const at = (data: Float32Array | undefined, width: number, i: number, j: number) => data?.[i * width + j] as number;
    const dA = table(rank, inside, (r, i) => sum(out, (o) => at(b?.data, rank, o, r) * at(dW, inside, o, i)));
    const dB = table(out, rank, (o, r) => sum(inside, (i) => at(dW, inside, o, i) * at(a?.data, inside, r, i)));
    const scaled = (values: number[]) => values.map((value) => value * adapter.scale);
    expect(worstDifference(byAdapter.get(`${module}.lora_A`) ?? [], scaled(dA))).toBeLessThan(1e-4);
    expect(worstDifference(byAdapter.get(`${module}.lora_B`) ?? [], scaled(dB))).toBeLessThan(1e-4);
  }
  await merged.release();
});

test('dropout masks are 0 or 1/(1 − p) with mean 1, fixed by seed and place, and differ elsewhere', async () => {
  const trainable = await trainableOf(model, jobWith(0.25), new AdapterCache());
  const place = { seed: 1, step: 2, microBatch: 3, positions: 2000 };
  const masks = trainable.feeds(place);
  const name = 'model.layers.0.self_attn.q_proj.dropout';
  const mask = masks.get(name) as Tensor<'float32'>;
  expect(mask.dims).toEqual([2000, 32]);
  expect(new Set(mask.data)).toEqual(new Set([0, Math.fround(4 / 3)]));
  const mean = mask.data.reduce((total, value) => total + value, 0) / mask.data.length;
  // The standard error is √(p / (1 − p)) / √64000 = 0.0023; allow five of them.
  expect(Math.abs(mean - 1)).toBeLessThan(0.0114);
  expect(trainable.feeds(place)).toEqual(masks);
  for (const change of [{ seed: 2 }, { step: 3 }, { microBatch: 4 }]) {
    expect(trainable.feeds({ ...place, ...change }).get(name)?.data).not.toEqual(mask.data);
  }
  expect(masks.get('model.layers.1.self_attn.q_proj.dropout')?.data).not.toEqual(mask.data);
  expect(masks.get('model.layers.0.self_attn.v_proj.dropout')?.data).not.toEqual(mask.data);
  // Nothing is dropped outside of training.
  expect(new Set(trainable.feeds(null).get(name)?.data)).toEqual(new Set([1]));
});

test('prompt-lookup speculative decoding does not change greedy tokens', async () => {
  const live = { weights: adapter, scale: adapter.scale };
  const phrase = [5, 9, 2, 40, 17];
  const promptIds = [...phrase, ...phrase, ...phrase];
  const written: number[] = [];
  const settings = { adapter: null, maxTokens: 40, temperature: 0, topK: 0, topP: 1, seed: 0, stopIds: [] };
  for await (const event of generateTokens(model, async () => live, { modelFolder, promptIds, ...settings }, forever)) {
    if (event.kind === 'token') written.push(event.id);
  }
  expect(written).toHaveLength(40);
  // A model with random weights soon repeats itself, so that guesses are alternately right and wrong.
  for (const [i, id] of written.entries()) {
    const logits = await logitsAfter([...promptIds, ...written.slice(0, i)], live);
    expect(id).toBe(logits.indexOf(Math.max(...logits)));
  }
});

async function logitsAfter(ids: readonly number[], adapter: { weights: LoraWeights; scale: number } | null) {
  const pass = new DecodePass(model, new AdapterStack(model.architecture));
  const [logits] = await pass.run(new KeyValueCache(model.architecture), [{ ids, adapter, asked: 1 }]);
  return [...(logits?.[0] ?? [])];
}

/** The base with scale · BA added to its weights, computed here in float64 and rounded once. */
function mergedModel(scale: number): LoadedModel {
  const weights = new Map(model.weights);
  for (const module of adaptedModules(model.architecture, adapter.targets)) {
    const w = weights.get(`${module}.weight`) as Tensor<'float32'>;
    const [a, b] = [adapter.tensors.get(`${module}.lora_A`)?.data, adapter.tensors.get(`${module}.lora_B`)?.data];
    const [out, inside] = w.dims as [number, number];
    const product = table(out, inside, (o, i) =>
      sum(adapter.rank, (r) => (b?.[o * adapter.rank + r] as number) * (a?.[r * inside + i] as number)),
    );
    weights.set(
      `${module}.weight`,
      float32(
        w.dims,
        w.data.map((value, i) => value + scale * (product[i] as number)),
      ),
    );
  }
  return new LoadedModel(model.architecture, weights, model.backend);
}

function batchesOf(some: readonly BatchRow[], tokenBudget: number): MicroBatch[] {
  return cutMicroBatches(some, {
    tokenBudget,
    lengthCost: 0,
    targetRoom: 0,
    rotaryFrequencies: model.architecture.rotaryFrequencies,
  });
}

async function logProbsOf(feeds: ReadonlyMap<string, Tensor>): Promise<number[]> {
  const live = { weights: adapter, scale: adapter.scale };
  const { executable, feeds: fixed } = await adaptedExecutable(model, 'train', live, trainGraph);
  const count = (feeds.get('target_ids') as Tensor).dims[0] as number;
  const result = await executable.run(new Map([...fixed, ...feeds, ['cotangent', float32([count])]]));
  return [...(result[logProbabilities]?.data ?? [])];
}

/** Gradients of some rows' share of the mean loss over the target tokens of all rows. */
async function gradientsOf(
  some: readonly BatchRow[],
  { tokenBudget, full }: { tokenBudget: number; full?: LoadedModel },
): Promise<Map<string, Float32Array>> {
  const live = full ? null : { weights: adapter, scale: adapter.scale };
  const { executable, feeds } = await adaptedExecutable(full ?? model, 'train', live, trainGraph);
  const total = rows.reduce((count, row) => count + row.ids.length - row.targetStart, 0);
  const gradients = new Map<string, Float32Array>();
  for (const batch of batchesOf(some, tokenBudget)) {
    const cotangent = float32([batch.targetTokens], new Float32Array(batch.targetTokens).fill(-1 / total));
    const result = await executable.run(new Map([...feeds, ...batch.feeds(), ['cotangent', cotangent]]));
    for (const [name, { data }] of Object.entries(result) as [string, Tensor<'float32'>][]) {
      if (name === logProbabilities) continue;
      const before = gradients.get(name);
      gradients.set(name, before ? before.map((value, i) => value + (data[i] as number)) : data);
    }
  }
  return gradients;
}

/** To 1e-6 of its norm, over all tensors: two orders of float32 sums. */
function expectSameGradient(gradient: ReadonlyMap<string, Float32Array>, other: ReadonlyMap<string, Float32Array>) {
  const flat = (tensors: ReadonlyMap<string, Float32Array>) =>
    [...tensors.keys()].sort().flatMap((name) => [...(tensors.get(name) ?? [])]);
  const [ours, theirs] = [flat(gradient), flat(other)];
  const difference = ours.map((value, i) => value - (theirs[i] ?? Number.NaN));
  expect(Math.hypot(...difference) / Math.hypot(...ours)).toBeLessThan(1e-6);
}

function jobWith(dropout: number): TrainJob {
  return {
    ...{ modelFolder, trainFile: '', validationFile: null, outputFolder: '', checkpointFolder: '' },
    method: {
      kind: 'lora',
      rank: 2,
      alpha: 4,
      targets: ['q', 'v'],
      dropout,
      initialisation: 'kaiming',
      initFolder: null,
    },
    ...{ learningRate: 1e-3, schedule: 'constant', warmupSteps: 0, weightDecay: 0, gradientClip: 1, epochs: 1 },
    ...{ maxSteps: null, batchSize: 1, seed: 1, shuffle: true, validationEvery: null, checkpointEvery: null },
  };
}

function table(rowCount: number, columns: number, value: (row: number, column: number) => number): number[] {
  return Array.from({ length: rowCount * columns }, (_, i) => value(Math.floor(i / columns), i % columns));
}

function sum(count: number, value: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += value(i);
  return total;
}
