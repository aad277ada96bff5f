import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Estimate, TrainOptions } from '../../src-contract/run.ts';
import type { ModelText } from '../base-models/model-text.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { ModelFacts } from '../engine/engine.ts';
import { availableDisk, availableMemory, remedyFor } from './available.ts';
import type { RunStore } from './run-store.ts';
import { diskNeed, memoryNeed, type RowTokens, trainableParameters } from './training-need.ts';
import type { TrainingSpeedStore } from './training-speed-store.ts';

export interface Estimating {
  readonly dataset: Dataset;
  readonly base: BaseModel;
  readonly facts: ModelFacts;
  readonly options: TrainOptions;
  /** Rows counted one by one; of a larger set an even sample of about so many is counted and scaled up. */
  readonly rowsLookedAt?: number;
}

/** What a run would need: memory by part, disk, time, tokens of one epoch; and whether this machine has it. */
export async function estimateRun(
  about: Estimating,
  parts: {
    datasets: DatasetStore;
    text: ModelText;
    runs: RunStore;
    speeds: TrainingSpeedStore;
    runsFolder: string;
  },
  signal?: AbortSignal,
): Promise<Estimate> {
  const { base, facts, options } = about;
  const count = await countTokens(about, parts, signal);
  const rowCount = Math.max(1, count.rows);
  const rows: RowTokens = { mean: count.total / rowCount, longest: count.longest, target: count.target / rowCount };
  const measured = parts.speeds.get(base.sha256, options);
  const memory = memoryNeed({ facts, options, rows }, measured);
  const bytes = Object.values(memory).reduce((sum, part) => sum + part, 0);
  const available = availableMemory(facts.parameters * 4);
  const disk = diskNeed({ facts, options, rowCount, rows });
  const fits = bytes <= available;
  return {
    memory: { bytes, parts: memory, availableBytes: available },
    disk: { bytes: disk, availableBytes: await availableDisk(parts.runsFolder) },
    time: timeNeed(about, { rowCount, rows }, parts),
    tokens: { total: Math.round(count.total), target: Math.round(count.target), cut: Math.round(count.cut) },
    trainableParameters: trainableParameters(facts, options),
    totalParameters: base.parameters,
    ...{ options, fits },
    remedy: fits ? null : remedyFor({ facts, options, rows }, { available, measured }),
  };
}

function timeNeed(
  { dataset, base, facts, options }: Estimating,
  { rowCount, rows }: { rowCount: number; rows: RowTokens },
  { speeds, runs }: { speeds: TrainingSpeedStore; runs: RunStore },
): Estimate['time'] {
  const stepsByEpochs = Math.ceil((options.epochs * rowCount) / options.batchSize);
  const steps = Math.max(1, Math.min(stepsByEpochs, options.maxSteps ?? Number.POSITIVE_INFINITY));
  const measured = speeds.get(base.sha256, options);
  const earlier = runs.speedOn(base.id);
  const speed =
    measured?.tokensPerSecond ??
    (earlier === undefined
      ? usualSpeed(base.parameters)
      : earlier.tokensPerSecond * relativeCost(facts, earlier.options)) / relativeCost(facts, options);
  const trained = Math.min(options.epochs * rowCount, steps * options.batchSize) * rows.mean;
  const measurements = options.validationEvery === null ? Math.min(11, steps + 1) : 1 + steps / options.validationEvery;
  // Forward only: a third of a training pass.
  const validation = (measurements * Math.min(200, dataset.splits.validation) * rows.mean) / 3;
  // Written one by one, which the machine does at about a sixth of the speed; the prompts are read like any other tokens.
  const samples = Math.min(options.sampleRows, dataset.splits.validation);
  const answers = measurements * samples * (rows.mean / 3 + 6 * 1.5 * rows.target);
  const basis =
    measured !== undefined ? (measured.tokens > 0 ? 'probe' : 'run') : earlier === undefined ? 'guess' : 'run';
  return { seconds: (trained + validation + answers) / speed, steps, basis };
}

interface TokenCount {
  /** Rows that fit, their tokens, their target tokens, and tokens that shortening takes away; of one epoch. */
  readonly rows: number;
  readonly total: number;
  readonly target: number;
  readonly cut: number;
  /** Tokens of the longest row, after shortening. */
  readonly longest: number;
}

const usualRowsLookedAt = 2000;

async function countTokens(
  about: Estimating,
  parts: { datasets: DatasetStore; text: ModelText },
  signal: AbortSignal | undefined,
): Promise<TokenCount> {
  const { dataset, options, rowsLookedAt = usualRowsLookedAt } = about;
  const all = dataset.splits.train;
  const every = Math.max(1, Math.ceil(all / rowsLookedAt));
  const sum = { rows: 0, total: 0, target: 0, cut: 0 };
  let longest = 1;
  let place = 0;
  let counted = 0;
  let sliceBegan = performance.now();
  for (const { context, target } of parts.datasets.examples(dataset.id, 'train', dataset.version)) {
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
    longest = Math.max(longest, targetTokens + Math.min(promptTokens, room));
  }
  const scale = counted === 0 ? 0 : all / counted;
  // A sample may miss the longest row.
  if (every > 1) longest = Math.min(options.maxLength, longest * 2);
  const { rows, total, target, cut } = sum;
  return { rows: rows * scale, total: total * scale, target: target * scale, cut: cut * scale, longest };
}

/** Multiplications of a token: twice through the frozen weights, and three times through those that are trained. */
function relativeCost(facts: ModelFacts, options: TrainOptions): number {
  return (2 * facts.parameters + 3 * trainableParameters(facts, options)) / (2 * facts.parameters);
}

/** Measured: 325 tokens a second for 135M parameters on 2 threads. Very small models are held up by the number of operations. */
function usualSpeed(parameters: number): number {
  const threads = Math.min(8, availableParallelism());
  return Math.min(6000, (325 * 135e6 * (threads / 2)) / Math.max(1, parameters));
}
