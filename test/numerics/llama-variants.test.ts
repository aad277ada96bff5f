import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateTokens } from '../../src-main/engine/answering/generate.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import type { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { logProbabilities, trainGraph } from '../../src-main/engine/model/model-graph.ts';
import { inspectModel } from '../../src-main/engine/model/open-model.ts';
import { float32 } from '../../src-main/engine/tensor.ts';
import { cutMicroBatches, type MicroBatch } from '../../src-main/engine/training/micro-batches.ts';
import { scoreRows } from '../../src-main/engine/training/score.ts';
import { worstDifference } from './worst-difference.ts';

// Made by golden/make_golden.py with PyTorch and transformers.
interface Golden {
  readonly examples: readonly { readonly ids: number[]; readonly targetStart: number }[];
  readonly logProbabilities: number[][];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, { readonly norm: number; readonly first: number[] }>>;
  readonly generated: readonly { readonly promptIds: number[]; readonly ids: number[] }[];
}

const folder = join(import.meta.dirname, 'golden');
const forever = new AbortController().signal;
// Both sides compute in float32 but in another order.
const tolerance = 1e-4;

describe.each([
  {
    name: 'llama-wide',
    what: 'an untied head, one key-value head, heads wider than hidden ÷ heads; BF16',
    dtype: 'BF16',
  },
  { name: 'llama-mha', what: 'keys and values for every head; F16', dtype: 'F16' },
])('$name: $what', ({ name, dtype }) => {
  let golden: Golden;
  let model: LoadedModel;

  beforeAll(async () => {
    golden = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as Golden;
    model = await loadModel(join(folder, name), onnxruntimeBackend({ threads: 1 }));
  });

  afterAll(() => model.release());

  test('inspecting it reports its dtype and sizes', async () => {
    expect(await inspectModel(join(folder, name))).toMatchObject({ dtype, layers: 2, hidden: 16, vocabulary: 48 });
  });

  test('log-probabilities match transformers', async () => {
    const scores = await scoreRows(model, null, golden.examples, forever);
    expect(scores.map((row) => row.length)).toEqual(golden.logProbabilities.map((row) => row.length));
    expectClose(scores.flat(), golden.logProbabilities.flat());
  });

  test('greedy generation gives the same 40 tokens as transformers', async () => {
    for (const { promptIds, ids } of golden.generated) expect(await generated(model, promptIds)).toEqual(ids);
  });

  test('the gradient of every weight matches PyTorch', async () => {
    const executable = await model.executable('full', () => trainGraph(model.architecture, null));
    const { rotaryFrequencies } = model.architecture;
    const [batch] = cutMicroBatches(golden.examples, {
      tokenBudget: 2048,
      lengthCost: 0,
      targetRoom: 0,
      rotaryFrequencies,
    }) as [MicroBatch];
    const cotangent = float32([batch.targetTokens], new Float32Array(batch.targetTokens).fill(-1 / batch.targetTokens));
    const result = await executable.run(new Map([...model.weights, ...batch.feeds(), ['cotangent', cotangent]]));
    const logProbs = [...(result[logProbabilities]?.data ?? [])];
    expectClose([-logProbs.reduce((sum, value) => sum + value, 0) / batch.targetTokens], [golden.loss]);
    expect(Object.keys(golden.gradients).sort()).toEqual([...model.weights.keys()].sort());
    for (const [weight, { norm, first }] of Object.entries(golden.gradients)) {
      const gradient = [...(result[weight]?.data ?? [])];
      expectClose([Math.hypot(...gradient)], [norm]);
      // Single values are judged relative to the overall size.
      const scale = norm / Math.sqrt(gradient.length);
      first.forEach((value, i) => {
        expect(Math.abs((gradient[i] as number) - value) / scale).toBeLessThan(10 * tolerance);
      });
    }
  });
});

async function generated(model: LoadedModel, promptIds: readonly number[]): Promise<number[]> {
  const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0, stopIds: [], maxTokens: 40 };
  const ids: number[] = [];
  const job = { modelFolder: '', adapter: null, promptIds, ...greedy };
  for await (const event of generateTokens(model, async () => null, job, forever)) {
    if (event.kind === 'token') ids.push(event.id);
  }
  return ids;
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(worstDifference(actual, expected)).toBeLessThan(tolerance);
}
