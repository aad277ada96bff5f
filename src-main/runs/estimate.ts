import { availableParallelism, totalmem } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Estimate, TrainOptions } from '../../src-contract/run.ts';
import type { ModelText } from '../base-models/model-text.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { ModelFacts } from '../engine/engine.ts';

/**
 * What a run would need, roughly: memory by part, time, tokens of one epoch. Rows are counted one by one up to two
 * thousand; of a larger set an even sample is counted and scaled up.
 */
export async function estimateRun(
  about: {
    dataset: Dataset;
    base: BaseModel;
    facts: ModelFacts;
    options: TrainOptions;
    /** Of an earlier run on this base; undefined where there is none. */
    tokensPerSecond: number | undefined;
  },
  parts: { datasets: DatasetStore; text: ModelText },
  signal?: AbortSignal,
): Promise<Estimate> {
  const { dataset, base, facts, options } = about;
  const count = await countTokens(about, parts, signal);
  const rows = Math.max(1, count.rows);
  const steps = Math.max(
    1,
    Math.min(Math.ceil((options.epochs * rows) / options.batchSize), options.maxSteps ?? Number.POSITIVE_INFINITY),
  );
  const epochs = Math.min(options.epochs, (steps * options.batchSize) / rows);
  const trainableParameters = options.targets.reduce((sum, target) => {
    const [out, into] = facts.targets[target] ?? [0, 0];
    return sum + facts.layers * options.rank * (out + into);
  }, 0);
  const memory = memoryParts({ facts, options, trainableParameters, count, rows });
  const bytes = Object.values(memory).reduce((sum, part) => sum + part, 0);
  const speed = about.tokensPerSecond ?? usualSpeed(base.parameters);
  const validationRows = Math.min(200, dataset.splits.validation);
  // Ten measurements on the validation rows, forward only: a third of a training pass.
  const validationTokens = (10 * validationRows * (count.total / rows)) / 3;
  return {
    memory: { bytes, parts: memory },
    time: { seconds: (epochs * count.total + validationTokens) / speed, steps },
    tokens: { total: Math.round(count.total), target: Math.round(count.target), cut: Math.round(count.cut) },
    trainableParameters,
    totalParameters: base.parameters,
    options,
    fits: bytes < totalmem() * 0.8,
  };
}

interface TokenCount {
  /** Rows that fit, their tokens, their target tokens, and tokens that shortening takes away; of one epoch. */
  readonly rows: number;
  readonly total: number;
  readonly target: number;
  readonly cut: number;
}

const sampleRows = 2000;

async function countTokens(
  about: { dataset: Dataset; options: TrainOptions },
  parts: { datasets: DatasetStore; text: ModelText },
  signal: AbortSignal | undefined,
): Promise<TokenCount> {
  const { dataset, options } = about;
  const all = dataset.splits.train;
  const every = Math.max(1, Math.ceil(all / sampleRows));
  const sum = { rows: 0, total: 0, target: 0, cut: 0 };
  let place = 0;
  let counted = 0;
  let sliceBegan = performance.now();
  for (const { context, target } of parts.datasets.examples(dataset.id, 'train')) {
    if (performance.now() - sliceBegan > 8) {
      await nextTurn();
      signal?.throwIfAborted();
      sliceBegan = performance.now();
    }
    if (place++ % every !== 0) continue;
    counted++;
    const targetTokens = parts.text.targetIds(target).length;
    const promptTokens = parts.text.promptIds(context).length;
    const room = options.maxLength - targetTokens;
    if (room < Math.min(promptTokens, 8)) continue;
    sum.rows++;
    sum.target += targetTokens;
    sum.total += targetTokens + Math.min(promptTokens, room);
    sum.cut += Math.max(0, promptTokens - room);
  }
  const scale = counted === 0 ? 0 : all / counted;
  return { rows: sum.rows * scale, total: sum.total * scale, target: sum.target * scale, cut: sum.cut * scale };
}

/** What the runtime and the program themselves take. Measured on an empty engine. */
const runtimeBytes = 200e6;

/** Tokens of one graph run: the engine cuts a batch into micro-batches of about this many. */
const microBatchTokens = 2048;

function memoryParts(about: {
  facts: ModelFacts;
  options: TrainOptions;
  trainableParameters: number;
  count: TokenCount;
  rows: number;
}): Record<string, number> {
  const { facts, options, trainableParameters, count, rows } = about;
  const rowTokens = count.total / rows;
  const tokens = Math.min(microBatchTokens, options.batchSize * rowTokens);
  const targets = tokens * (count.target / Math.max(1, count.total));
  // Kept of each layer for the backward pass: about 14 hidden-sized rows and 3 of the MLP, which is near 3 hidden wide.
  const perToken = facts.layers * facts.hidden * (14 + 9) * 4;
  return {
    baseModel: facts.parameters * 4,
    // Weights, gradients and two moments.
    adapter: trainableParameters * 4 * 4,
    activations: Math.round(tokens * perToken),
    // Logits, their softmax and their gradient.
    logits: Math.round(targets * facts.vocabulary * 3 * 4),
    runtime: runtimeBytes,
  };
}

/** Measured: 325 tokens a second for 135M parameters on 2 threads. Very small models are held up by the number of operations. */
function usualSpeed(parameters: number): number {
  const threads = Math.min(8, availableParallelism());
  return Math.min(6000, (325 * 135e6 * (threads / 2)) / Math.max(1, parameters));
}
