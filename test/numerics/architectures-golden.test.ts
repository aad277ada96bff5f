import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdapterCache } from '../../src-main/engine/adapters/adapter-cache.ts';
import type { LoraWeights } from '../../src-main/engine/adapters/lora.ts';
import { fitAdapter, toPeft } from '../../src-main/engine/adapters/peft-layout.ts';
import { generateTokens } from '../../src-main/engine/answering/generate.ts';
import { architectureOf } from '../../src-main/engine/architectures/by-model-type.ts';
import { ModelConfig } from '../../src-main/engine/architectures/model-config.ts';
import type { Backend } from '../../src-main/engine/backends/backend.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { TrainEvent, TrainJob } from '../../src-main/engine/engine.ts';
import { readPeft } from '../../src-main/engine/formats/peft.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { logProbabilities, trainGraph } from '../../src-main/engine/model/model-graph.ts';
import { elements, float32, type Tensor } from '../../src-main/engine/tensor.ts';
import { cutMicroBatches } from '../../src-main/engine/training/micro-batches.ts';
import { packingFor } from '../../src-main/engine/training/packing.ts';
import { adaptedExecutable, scoreRows } from '../../src-main/engine/training/score.ts';
import { trainModel } from '../../src-main/engine/training/train.ts';
import { storedTensors } from '../../src-main/engine/weights/stored-weights.ts';
import { writeTokenFile } from '../../src-main/tasks/token-file.ts';
import { backends } from '../fixtures/backends.ts';
import { worstDifference } from './worst-difference.ts';

// Made by golden/make_architectures_golden.py with PyTorch, transformers and PEFT (versions in the files).
interface Golden {
  readonly examples: readonly { readonly ids: number[]; readonly targetStart: number }[];
  readonly baseLogProbabilities: number[][];
  readonly adaptedLogProbabilities: number[][];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, number[]>>;
  readonly weightGradients: Readonly<Record<string, { readonly norm: number; readonly first: number[] }>>;
  readonly steps: readonly { readonly loss: number; readonly gradientNorm: number }[];
  readonly final: Readonly<Record<string, number[]>>;
  readonly generated: readonly { readonly promptIds: number[]; readonly ids: number[] }[];
}

const folder = join(import.meta.dirname, 'golden');
const forever = new AbortController().signal;
// Both sides compute in float32 but in another order: sums of some dozen terms differ by a few 1e-7, relative.
const tolerance = 1e-4;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'architectures-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.each([
  { name: 'llama3-tiny', what: 'biases everywhere, scaled rotary positions; F32' },
  { name: 'mistral-tiny', what: 'a window of 6; BF16' },
  { name: 'qwen2-tiny', what: 'biases on queries, keys and values; BF16' },
  { name: 'qwen3-tiny', what: 'head norms, a head size of its own, a window of 7 in the upper layer; BF16' },
  { name: 'gemma3-tiny', what: 'four norms, GeGLU, a window of 5 and other angles in the lower layer; BF16' },
  { name: 'gpt2-tiny', what: 'c_attn, learned positions; F32; an adapter of q, v and the rest' },
])('$name: $what', ({ name }) => {
  const modelFolder = join(folder, name);
  const adapterFolder = join(folder, `${name}-lora`);
  let golden: Golden;
  let onnxruntime: LoadedModel;
  let models: readonly LoadedModel[];
  let adapter: LoraWeights;

  beforeAll(async () => {
    golden = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as Golden;
    onnxruntime = await loadModel(modelFolder, onnxruntimeBackend({ threads: 1 }));
    const { architecture, weights } = onnxruntime;
    models = await Promise.all(backends.map(async ({ open }) => new LoadedModel(architecture, weights, await open())));
    adapter = await new AdapterCache().get(adapterFolder, onnxruntime.architecture);
  });

  afterAll(async () => {
    for (const model of models) await model.release();
  });

  test('log-probabilities with and without an adapter match transformers and PEFT', async () => {
    for (const model of models) {
      const base = await scoreRows(model, null, golden.examples, forever);
      expect(base.map((row) => row.length)).toEqual(golden.baseLogProbabilities.map((row) => row.length));
      expectClose(base.flat(), golden.baseLogProbabilities.flat());
      const live = { weights: adapter, scale: adapter.scale };
      expectClose(
        (await scoreRows(model, live, golden.examples, forever)).flat(),
        golden.adaptedLogProbabilities.flat(),
      );
    }
  });

  test('greedy generation with the KV cache gives the same 24 tokens as transformers', async () => {
    for (const model of models) {
      for (const { promptIds, ids } of golden.generated) expect(await generated(model, promptIds)).toEqual(ids);
    }
  });

  test('loss and the gradient of every A and B match PyTorch, in one micro-batch or in several', async () => {
    for (const model of models) {
      const { loss, gradients } = await gradientsOf(model, adapter, 2048);
      expectClose([loss], [golden.loss]);
      const { tensors } = toPeft({ ...adapter, tensors: gradients }, model.architecture);
      expect([...tensors.keys()].sort()).toEqual(Object.keys(golden.gradients).sort());
      for (const [tensor, expected] of Object.entries(golden.gradients)) {
        const found = [...(tensors.get(tensor)?.data ?? [])];
        expectClose(found, expected);
        expect(cosine(found, expected)).toBeGreaterThan(0.99999);
      }
      const accumulated = await gradientsOf(model, adapter, 40);
      for (const [tensor, { data }] of gradients)
        expectClose([...(accumulated.gradients.get(tensor)?.data ?? [])], [...data], 1e-6);
    }
  });

  test('the gradient of every weight matches PyTorch', async () => {
    for (const model of models) {
      const { gradients } = await gradientsOf(model, null, 2048);
      const { architecture } = model;
      const stored = storedTensors(architecture, (parameter) => gradients.get(parameter)?.data ?? new Float32Array());
      expect([...stored.keys()].sort()).toEqual(Object.keys(golden.weightGradients).sort());
      for (const [weight, { norm, first }] of Object.entries(golden.weightGradients)) {
        const gradient = [...(stored.get(weight)?.data ?? [])];
        expectClose([Math.hypot(...gradient)], [norm]);
        // Single values are judged relative to the overall size.
        const size = norm / Math.sqrt(gradient.length);
        first.forEach((value, i) => {
          expect(Math.abs((gradient[i] as number) - value) / size).toBeLessThan(10 * tolerance);
        });
      }
    }
  });

  test('ten clipped AdamW steps match PyTorch, and a stopped and resumed run gives the same bits', async () => {
    const [first] = models as [LoadedModel];
    const whole = await trainTenSteps(first, 'whole');
    expectClose(
      whole.losses,
      golden.steps.map((step) => step.loss),
    );
    expectClose(
      whole.norms,
      golden.steps.map((step) => step.gradientNorm),
    );
    for (const [tensor, expected] of Object.entries(golden.final)) expectClose(whole.final.get(tensor) ?? [], expected);
    expect(await trainTenSteps(first, 'stopped', 4)).toEqual(whole);
  });

  test('an adapter is written as it was read', async () => {
    const read = await readPeft(adapterFolder);
    const written = toPeft(adapter, onnxruntime.architecture);
    expect(written.tensors).toEqual(read.tensors);
    expect(written).toMatchObject({ rank: read.rank, alpha: read.alpha, blocks: read.blocks });
    expect([...written.targetModules].sort()).toEqual([...read.targetModules].sort());
  });

  async function gradientsOf(model: LoadedModel, weights: LoraWeights | null, tokenBudget: number) {
    const live = weights && { weights, scale: weights.scale };
    const { executable, feeds } = await adaptedExecutable(model, 'train', live, trainGraph);
    const total = golden.examples.reduce((count, row) => count + row.ids.length - row.targetStart, 0);
    const gradients = new Map<string, Tensor<'float32'>>();
    let loss = 0;
    for (const batch of cutMicroBatches(golden.examples, { ...packingFor(model.architecture), tokenBudget })) {
      const cotangent = float32([batch.targetTokens], new Float32Array(batch.targetTokens).fill(-1 / total));
      const result = await executable.run(new Map([...feeds, ...batch.feeds(), ['cotangent', cotangent]]));
      for (const [tensor, { dims, data }] of Object.entries(result) as [string, Tensor<'float32'>][]) {
        if (tensor === logProbabilities) loss -= data.reduce((sum, value) => sum + value, 0) / total;
        else {
          const before = gradients.get(tensor)?.data ?? new Float32Array(elements(dims));
          gradients.set(
            tensor,
            float32(
              dims,
              data.map((value, i) => value + (before[i] as number)),
            ),
          );
        }
      }
    }
    return { loss, gradients };
  }

  async function trainTenSteps(model: LoadedModel, run: string, stopAfter?: number) {
    const place = join(scratch, `${name}-${run}`);
    const trainFile = `${place}.tokens`;
    await writeTokenFile(trainFile, golden.examples);
    const job: TrainJob = {
      ...{ modelFolder, trainFile, validationFile: null, outputFolder: place, checkpointFolder: `${place}-checkpoint` },
      method: {
        ...{ kind: 'lora', rank: 2, alpha: 4, targets: ['q'], dropout: 0, initialisation: 'kaiming' },
        initFolder: adapterFolder,
      },
      ...{ learningRate: 1e-2, schedule: 'constant', warmupSteps: 0, weightDecay: 0.01, gradientClip: 0.5, epochs: 5 },
      ...{ maxSteps: 10, batchSize: 4, seed: 0, shuffle: false, validationEvery: null, checkpointEvery: null },
    };
    const steps: Extract<TrainEvent, { kind: 'step' }>[] = [];
    const follow = async (limit: number) => {
      const stop = new AbortController();
      for await (const event of trainModel(model, job, new AdapterCache(), stop.signal)) {
        if (event.kind === 'step') steps.push(event);
        if (steps.length >= limit) stop.abort();
      }
    };
    if (stopAfter !== undefined) await follow(stopAfter);
    await follow(Number.POSITIVE_INFINITY);
    const written = await readPeft(job.outputFolder);
    const final = new Map([...written.tensors].map(([tensor, { data }]) => [tensor, Array.from(data)]));
    return { losses: steps.map((step) => step.loss), norms: steps.map((step) => step.gradientNorm), final };
  }
});

test.each(['mistral-tiny', 'gemma3-tiny', 'gpt2-tiny'])(
  '%s: rows with a shared prefix score in one sequence as alone, windows and positions included',
  async (name) => {
    const model = await loadModel(join(folder, name), onnxruntimeBackend({ threads: 1 }));
    const beginning = Array.from({ length: 18 }, (_, i) => 1 + ((i * 7) % 47));
    const rows = [[3, 9, 4, 4, 8, 1, 30], [5], [40, 2, 41, 6, 6]].map((tail) => ({
      ids: [...beginning, ...tail],
      targetStart: beginning.length,
    }));
    // The shared prefix is computed once: the batch is shorter than the rows one after the other.
    const [batch] = cutMicroBatches(rows, packingFor(model.architecture));
    expect((batch?.sequences ?? 0) * (batch?.length ?? 0)).toBeLessThan(3 * beginning.length);
    const together = await scoreRows(model, null, rows, forever);
    for (const [i, row] of rows.entries()) {
      const [alone = []] = await scoreRows(model, null, [row], forever);
      expectClose(together[i] ?? [], alone, 1e-6);
    }
    await model.release();
  },
);

test('a PEFT adapter on c_attn is applied to q, k and v and written as it was read', async () => {
  const { adaptedLogProbabilities } = JSON.parse(await readFile(join(folder, 'gpt2-fused.json'), 'utf8')) as Golden;
  const { examples } = JSON.parse(await readFile(join(folder, 'gpt2-tiny.json'), 'utf8')) as Golden;
  const model = await loadModel(join(folder, 'gpt2-tiny'), onnxruntimeBackend({ threads: 1 }));
  const read = await readPeft(join(folder, 'gpt2-fused-lora'));
  const adapter = fitAdapter(read, model.architecture, 'gpt2-fused-lora');
  expect(adapter).toMatchObject({ rank: 3, alpha: 4, targets: ['q', 'k', 'v'] });
  const scores = await scoreRows(model, { weights: adapter, scale: adapter.scale }, examples, forever);
  expectClose(scores.flat(), adaptedLogProbabilities.flat());
  expect(toPeft(adapter, model.architecture)).toMatchObject({ rank: 3, alpha: 4, blocks: [], tensors: read.tensors });
  await model.release();
});

test('every kind of RoPE scaling gives the log-probabilities of transformers', async () => {
  const { examples, theta, scalings } = JSON.parse(await readFile(join(folder, 'rope-scalings.json'), 'utf8')) as {
    examples: Golden['examples'];
    theta: number;
    scalings: { scaling: Record<string, unknown>; logProbabilities: number[][] }[];
  };
  const backend: Backend = onnxruntimeBackend({ threads: 1 });
  const { weights } = await loadModel(join(folder, 'qwen3-tiny'), backend);
  const config = JSON.parse(await readFile(join(folder, 'qwen3-tiny/config.json'), 'utf8')) as Record<string, unknown>;
  for (const { scaling, logProbabilities: expected } of scalings) {
    const { rope_parameters: _, ...rest } = config;
    for (const written of [
      { rope_parameters: { rope_theta: theta, ...scaling } },
      { rope_theta: theta, rope_scaling: scaling },
    ]) {
      const architecture = architectureOf(new ModelConfig({ ...rest, ...written }, 'config.json'));
      const model = new LoadedModel(architecture, weights, backend);
      expectClose((await scoreRows(model, null, examples, forever)).flat(), expected.flat());
      await model.release();
    }
  }
});

async function generated(model: LoadedModel, promptIds: readonly number[]): Promise<number[]> {
  const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0, stopIds: [], maxTokens: 24 };
  const ids: number[] = [];
  const job = { modelFolder: '', adapter: null, promptIds, ...greedy };
  for await (const event of generateTokens(model, async () => null, job, forever)) {
    if (event.kind === 'token') ids.push(event.id);
  }
  return ids;
}

function expectClose(actual: readonly number[], expected: readonly number[], limit = tolerance): void {
  expect(worstDifference(actual, expected)).toBeLessThan(limit);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
