import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AdapterCache } from '../../src-main/engine/adapters/adapter-cache.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { tfjsBackend } from '../../src-main/engine/backends/tfjs/tfjs-backend.ts';
import type { TrainEvent, TrainJob } from '../../src-main/engine/engine.ts';
import { readPeft } from '../../src-main/engine/formats/peft.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import type { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { logProbabilities, trainGraph } from '../../src-main/engine/model/model-graph.ts';
import type { Tensor } from '../../src-main/engine/tensor.ts';
import { cutMicroBatches } from '../../src-main/engine/training/micro-batches.ts';
import { adaptedExecutable, scoreRows } from '../../src-main/engine/training/score.ts';
import { trainModel } from '../../src-main/engine/training/train.ts';
import { writeTokenFile } from '../../src-main/tasks/token-file.ts';
import { worstDifference } from './worst-difference.ts';

// Made by golden/make_golden.py with PyTorch, transformers and PEFT (versions in the file).
interface Golden {
  readonly examples: readonly { readonly ids: number[]; readonly targetStart: number }[];
  readonly baseLogProbabilities: number[][];
  readonly adaptedLogProbabilities: number[][];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, number[]>>;
  readonly steps: readonly { readonly loss: number; readonly gradientNorm: number }[];
  readonly final: Readonly<Record<string, number[]>>;
}

const folder = join(import.meta.dirname, 'golden');
const adapterFolder = join(folder, 'llama-tiny-lora');
const forever = new AbortController().signal;
// Both sides compute in float32 but in another order: sums of some dozen terms differ by a few 1e-7, relative.
const tolerance = 1e-4;

let golden: Golden;
let model: LoadedModel;
let scratch: string;

beforeAll(async () => {
  golden = JSON.parse(await readFile(join(folder, 'llama-tiny.json'), 'utf8')) as Golden;
  model = await loadModel(join(folder, 'llama-tiny'), onnxruntimeBackend({ threads: 1 }));
  scratch = await mkdtemp(join(tmpdir(), 'golden-'));
});

afterAll(async () => {
  await model.release();
  await rm(scratch, { recursive: true, force: true });
});

test('log-probabilities of the base match transformers', async () => {
  const scores = await scoreRows(model, null, golden.examples, forever);
  expectClose(scores.flat(), golden.baseLogProbabilities.flat());
});

test('log-probabilities with a PEFT adapter match PEFT', async () => {
  const weights = await new AdapterCache().get(adapterFolder, model.architecture);
  const scores = await scoreRows(model, { weights, scale: weights.scale }, golden.examples, forever);
  expectClose(scores.flat(), golden.adaptedLogProbabilities.flat());
});

test('the tfjs backend gives the same log-probabilities with the adapter', async () => {
  const tfjs = await loadModel(join(folder, 'llama-tiny'), await tfjsBackend());
  const weights = await new AdapterCache().get(adapterFolder, tfjs.architecture);
  const scores = await scoreRows(tfjs, { weights, scale: weights.scale }, golden.examples, forever);
  expectClose(scores.flat(), golden.adaptedLogProbabilities.flat());
});

test.each([16, 48, 2048])(
  'loss and the gradient of every A and B match PyTorch, in micro-batches of %i tokens',
  async (tokenBudget) => {
    const weights = await new AdapterCache().get(adapterFolder, model.architecture);
    const { executable, feeds } = await adaptedExecutable(
      model,
      'train',
      { weights, scale: weights.scale },
      trainGraph,
    );
    const batches = cutMicroBatches(golden.examples, {
      tokenBudget,
      lengthCost: 0,
      targetRoom: 0,
      rotaryFrequencies: model.architecture.rotaryFrequencies,
    });
    const total = batches.reduce((sum, batch) => sum + batch.targetTokens, 0);
    const gradients = new Map<string, number[]>();
    let loss = 0;
    for (const batch of batches) {
      const cotangent: Tensor = {
        type: 'float32',
        dims: [batch.targetTokens],
        data: new Float32Array(batch.targetTokens).fill(-1 / total),
      };
      const result = await executable.run(new Map([...feeds, ...batch.feeds(), ['cotangent', cotangent]]));
      const logProbs = (result[logProbabilities] as Tensor<'float32'>).data;
      loss -= logProbs.reduce((sum, value) => sum + value, 0) / total;
      for (const name of Object.keys(golden.gradients)) {
        const part = Array.from((result[name] as Tensor<'float32'>).data);
        gradients.set(
          name,
          part.map((value, i) => value + (gradients.get(name)?.[i] ?? 0)),
        );
      }
    }
    expectClose([loss], [golden.loss]);
    for (const [name, expected] of Object.entries(golden.gradients)) {
      expectClose(gradients.get(name) as number[], expected);
      expect(cosine(gradients.get(name) as number[], expected)).toBeGreaterThan(0.99999);
    }
  },
);

// Made by golden/make_label_smoothing.py.
test('with label smoothing, every gradient matches PyTorch and the reported loss stays unsmoothed', async () => {
  const smoothed = JSON.parse(await readFile(join(folder, 'llama-tiny-smoothed.json'), 'utf8')) as {
    share: number;
    loss: number;
    gradients: Record<string, number[]>;
  };
  const weights = await new AdapterCache().get(adapterFolder, model.architecture);
  const { executable, feeds } = await adaptedExecutable(
    model,
    'smoothed',
    { weights, scale: weights.scale },
    (architecture, adaptation) => trainGraph(architecture, adaptation, { labelSmoothing: smoothed.share }),
  );
  const packing = {
    tokenBudget: 2048,
    lengthCost: 0,
    targetRoom: 0,
    rotaryFrequencies: model.architecture.rotaryFrequencies,
  };
  const [batch] = cutMicroBatches(golden.examples, packing);
  const total = batch?.targetTokens as number;
  const cotangent: Tensor = { type: 'float32', dims: [total], data: new Float32Array(total).fill(-1 / total) };
  const result = await executable.run(new Map([...feeds, ...(batch?.feeds() ?? []), ['cotangent', cotangent]]));
  const logProbs = (result[logProbabilities] as Tensor<'float32'>).data;
  expectClose([-logProbs.reduce((sum, value) => sum + value, 0) / total], [smoothed.loss]);
  for (const [name, expected] of Object.entries(smoothed.gradients)) {
    expectClose(Array.from((result[name] as Tensor<'float32'>).data), expected);
  }
});

test('ten AdamW steps with clipping match PyTorch', async () => {
  const { losses, norms, final } = await trainTenSteps('ten-steps');
  expectClose(
    losses,
    golden.steps.map((step) => step.loss),
  );
  expectClose(
    norms,
    golden.steps.map((step) => step.gradientNorm),
  );
  for (const [name, expected] of Object.entries(golden.final)) expectClose(final.get(name) as number[], expected);
});

test('a run stopped and resumed ends with the same bits as an uninterrupted one', async () => {
  const whole = await trainTenSteps('whole');
  for (const stopAfter of [1, 4, 9]) {
    const broken = await trainTenSteps(`stopped-after-${stopAfter}`, stopAfter);
    expect(broken.losses).toEqual(whole.losses);
    expect(broken.final).toEqual(whole.final);
  }
});

async function trainTenSteps(name: string, stopAfter?: number) {
  const trainFile = join(scratch, `${name}.tokens`);
  await writeTokenFile(trainFile, golden.examples);
  const job: TrainJob = {
    modelFolder: join(folder, 'llama-tiny'),
    trainFile,
    validationFile: null,
    method: {
      kind: 'lora',
      rank: 4,
      alpha: 8,
      targets: ['q'],
      dropout: 0,
      initialisation: 'kaiming',
      initFolder: adapterFolder,
    },
    learningRate: 1e-2,
    schedule: 'constant',
    warmupSteps: 0,
    weightDecay: 0.01,
    gradientClip: 0.5,
    epochs: 5,
    maxSteps: 10,
    batchSize: 4,
    seed: 0,
    shuffle: false,
    validationEvery: null,
    outputFolder: join(scratch, name),
    checkpointFolder: join(scratch, `${name}-checkpoint`),
    checkpointEvery: null,
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

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(worstDifference(actual, expected)).toBeLessThan(tolerance);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
