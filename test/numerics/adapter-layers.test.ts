import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AdapterLayerWeights,
  adapterLayerDims,
  initialiseAdapterLayers,
} from '../../src-main/engine/adapters/adapter-layers.ts';
import type { Architecture } from '../../src-main/engine/architectures/architecture.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { evaluate } from '../../src-main/engine/backends/reference/reference-backend.ts';
import { tfjsBackend } from '../../src-main/engine/backends/tfjs/tfjs-backend.ts';
import type { TokenExample, TrainEvent, TrainJob } from '../../src-main/engine/engine.ts';
import type { Expression, NdArray } from '../../src-main/engine/graph/expression.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import type { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { logProbabilities, trainGraph } from '../../src-main/engine/model/model-graph.ts';
import { float32, type Tensor } from '../../src-main/engine/tensor.ts';
import { cutMicroBatches } from '../../src-main/engine/training/micro-batches.ts';
import { packingFor } from '../../src-main/engine/training/packing.ts';
import { adaptedExecutable, scoreRows } from '../../src-main/engine/training/score.ts';
import { writeTokenFile } from '../../src-main/tasks/token-file.ts';

const modelFolder = join(import.meta.dirname, 'golden/llama-tiny');
const forever = new AbortController().signal;
const rows: readonly TokenExample[] = [
  { ids: [5, 9, 2, 40], targetStart: 2 },
  { ids: [7, 1, 33], targetStart: 1 },
];

let model: LoadedModel;
let scratch: string;

beforeAll(async () => {
  model = await loadModel(modelFolder, onnxruntimeBackend({ threads: 1 }));
  scratch = await mkdtemp(join(tmpdir(), 'adapter-layers-'));
});

afterAll(async () => {
  await model.release();
  await rm(scratch, { recursive: true, force: true });
});

test('parameter counts on GPT-2 medium match the LoRA paper: 11.1M at bottleneck 112 and 224', () => {
  // Only the sizes matter. Hu et al. 2021, tables 1 and 3.
  const medium = { layers: 24, hidden: 1024 } as Architecture;
  const count = (design: 'houlsby' | 'lin', bottleneck: number) =>
    [...adapterLayerDims(medium, { design, bottleneck }).values()].reduce(
      (sum, dims) => sum + dims.reduce((product, dim) => product * dim, 1),
      0,
    );
  expect(count('lin', 224)).toBe(24 * (2 * 1024 * 224 + 224 + 1024 + 2 * 1024));
  expect(count('houlsby', 112)).toBe(48 * (2 * 1024 * 112 + 112 + 1024));
  expect(count('lin', 224) / 1e6).toBeCloseTo(11.09, 2);
  expect(count('houlsby', 112) / 1e6).toBeCloseTo(11.06, 2);
});

describe.each(['houlsby', 'lin'] as const)('%s', (design) => {
  test('fresh layers and strength 0 leave scores bit-identical to the base; filled layers change them', async () => {
    const fresh = initialiseAdapterLayers(model.architecture, { design, bottleneck: 3, seed: 1 });
    const base = await scoreRows(model, null, rows, forever);
    expect(await scoreRows(model, { weights: fresh, scale: 1 }, rows, forever)).toEqual(base);
    const filled = filledLayers(design);
    expect(await scoreRows(model, { weights: filled, scale: 1 }, rows, forever)).not.toEqual(base);
    expect(await scoreRows(model, { weights: filled, scale: 0 }, rows, forever)).toEqual(base);
  });

  test('the gradient of every tensor matches finite differences', async () => {
    const weights = filledLayers(design);
    const graph = trainGraph(model.architecture, { kind: 'adapter-layers', design });
    const feeds = await feedsOf(weights);
    const wide = new Map([...feeds].map(([name, tensor]) => [name, toNdArray(tensor)]));
    const names = Object.keys(graph).filter((name) => name !== logProbabilities);
    expect(names).toEqual([...weights.tensors.keys()]);
    const gradients = evaluate(
      names.map((name) => graph[name] as Expression),
      wide,
    );
    const objective = (changed: ReadonlyMap<string, NdArray>) => {
      const [logProbs] = evaluate([graph[logProbabilities] as Expression], changed) as [NdArray];
      const weight = (wide.get('cotangent') as NdArray).data;
      return logProbs.data.reduce((sum, value, i) => sum + value * (weight[i] as number), 0);
    };
    // All values of a kind of tensor are moved at once, each by another amount: one difference checks them all.
    const direction = (name: string, k: number) => Math.sin((k + 1) * 7.77 * (names.indexOf(name) + 1));
    for (const kind of new Set(names.map((name) => name.split('.').slice(3).join('.')))) {
      const members = names.filter((name) => name.endsWith(`.${kind}`));
      const moved = (delta: number) => {
        const changed = new Map(wide);
        for (const name of members) {
          const { dims, data } = wide.get(name) as NdArray;
          changed.set(name, { dims, data: data.map((value, k) => value + delta * direction(name, k)) });
        }
        return objective(changed);
      };
      const slope = members.reduce((sum, name) => {
        const gradient = (gradients[names.indexOf(name)] as NdArray).data;
        return sum + gradient.reduce((part, value, k) => part + value * direction(name, k), 0);
      }, 0);
      const difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
      expect(Math.abs(slope - difference) / Math.abs(difference)).toBeLessThan(1e-6);
    }
  });

  test('onnxruntime and tfjs gradients match the reference backend', async () => {
    const weights = filledLayers(design);
    const graph = trainGraph(model.architecture, { kind: 'adapter-layers', design });
    const feeds = await feedsOf(weights);
    const expected = evaluate(Object.values(graph), new Map([...feeds].map(([name, t]) => [name, toNdArray(t)])));
    for (const backend of [onnxruntimeBackend({ threads: 1 }), await tfjsBackend()]) {
      const executable = await backend.compile(graph);
      const results = Object.values(await executable.run(feeds));
      results.forEach(({ data }, i) => {
        const wanted = (expected[i] as NdArray).data;
        const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
        wanted.forEach((value, k) => {
          expect(Math.abs((data[k] as number) - value) / largest).toBeLessThan(1e-4);
        });
      });
      await executable.release();
    }
  });

  test('training lowers the loss, and the written file scores and generates', async () => {
    const engine = localEngine(onnxruntimeBackend({ threads: 1 }));
    const job = await jobOf(design);
    const losses: number[] = [];
    for await (const event of engine.train(job, forever)) if (event.kind === 'step') losses.push(event.loss);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) - 1);
    expect((await readdir(job.outputFolder)).sort()).toEqual(['adapter_layers.json', 'adapter_layers.safetensors']);
    const adapter = { folder: job.outputFolder, strength: 1 };
    const { logprobs } = await engine.score({ modelFolder, adapter, examples: rows }, forever);
    const base = await engine.score({ modelFolder, adapter: null, examples: rows }, forever);
    const sum = (values: typeof logprobs) => values.flat().reduce((total, value) => total + value, 0);
    expect(sum(logprobs)).toBeGreaterThan(sum(base.logprobs) + 1);
    // Generation with the KV cache writes what scoring finds most likely.
    const greedy = { maxTokens: 4, temperature: 0, topK: 0, topP: 1, seed: 0, stopIds: [] };
    const ids = [5, 9];
    for await (const event of engine.generate({ modelFolder, adapter, promptIds: ids.slice(), ...greedy }, forever)) {
      if (event.kind !== 'token') continue;
      const likelier = await engine.score(
        {
          modelFolder,
          adapter,
          examples: Array.from({ length: 64 }, (_, id) => ({ ids: [...ids, id], targetStart: ids.length })),
        },
        forever,
      );
      const scores = likelier.logprobs.map(([value]) => value as number);
      expect(event.id).toBe(scores.indexOf(Math.max(...scores)));
      ids.push(event.id);
    }
  });

  test('a training stopped and resumed ends with the same bits', async () => {
    const bytes = async (job: TrainJob) => readFile(join(job.outputFolder, 'adapter_layers.safetensors'), 'base64');
    const whole = await jobOf(design);
    await trained(whole);
    const broken = await jobOf(design);
    await trained(broken, 3);
    await trained(broken);
    expect(await bytes(broken)).toBe(await bytes(whole));
  });
});

async function trained(job: TrainJob, stopAfter?: number): Promise<void> {
  const stop = new AbortController();
  for await (const event of localEngine(onnxruntimeBackend({ threads: 1 })).train(
    job,
    stop.signal,
  ) as AsyncIterable<TrainEvent>)
    if (event.kind === 'step' && event.step === stopAfter) stop.abort();
}

async function jobOf(design: 'houlsby' | 'lin'): Promise<TrainJob> {
  const folder = await mkdtemp(join(scratch, design));
  const trainFile = join(folder, 'train');
  await writeTokenFile(trainFile, rows);
  return {
    ...{ modelFolder, trainFile, validationFile: null, method: { kind: 'adapter-layers', design, bottleneck: 4 } },
    ...{ learningRate: 2e-2, schedule: 'constant', warmupSteps: 0, weightDecay: 0.01, gradientClip: 1, epochs: 12 },
    ...{ maxSteps: null, batchSize: 2, seed: 1, shuffle: true, validationEvery: null, checkpointEvery: null },
    ...{ outputFolder: join(folder, 'adapter'), checkpointFolder: join(folder, 'checkpoint') },
  };
}

/** Layers with non-zero values in every tensor, spread enough for a test of gradients. */
function filledLayers(design: 'houlsby' | 'lin'): AdapterLayerWeights {
  const fresh = initialiseAdapterLayers(model.architecture, { design, bottleneck: 3, seed: 1 });
  const tensors = [...fresh.tensors].map(([name, { dims, data }], i) => {
    const centre = name.endsWith('norm.weight') ? 1 : 0;
    return [
      name,
      float32(
        dims,
        data.map((_, k) => centre + 0.3 * Math.sin((k + 1) * 12.9898 * (i + 1))),
      ),
    ] as const;
  });
  return { ...fresh, tensors: new Map(tensors) };
}

async function feedsOf(weights: AdapterLayerWeights): Promise<Map<string, Tensor>> {
  const { feeds } = await adaptedExecutable(model, 'train', { weights, scale: 1 }, trainGraph);
  const [batch] = cutMicroBatches(rows, packingFor(model.architecture));
  const count = batch?.targetTokens ?? 0;
  const cotangent = float32(
    [count],
    Float32Array.from({ length: count }, (_, i) => -0.2 - 0.1 * i),
  );
  return new Map([...feeds, ...(batch?.feeds() ?? []), ['cotangent', cotangent]]);
}

function toNdArray({ dims, data }: Tensor): NdArray {
  return { dims, data: Float64Array.from(data) };
}
