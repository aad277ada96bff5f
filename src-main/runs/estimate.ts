import { availableParallelism } from 'node:os';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Estimate, TrainOptions } from '../../src-contract/run.ts';
import { startingBatches } from '../../src-contract/starting-batches.ts';
import { mostValidationRows, validationInterval } from '../../src-contract/validation-interval.ts';
import { keptPromise } from '../async/kept-promise.ts';
import type { BaseText } from '../base-models/base-text.ts';
import { tokensPerUnreadLetter } from '../base-models/unread-script.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import { TimeSlices } from '../datasets/time-slices.ts';
import type { Engine, ModelFacts, TokenExample } from '../engine/engine.ts';
import { freeBytes } from '../files/free-bytes.ts';
import { availableMemory } from './available.ts';
import { bytesOf, memoryNeed, remedyFor } from './memory-need.ts';
import type { RunStore } from './run-store.ts';
import { SampleAnswers } from './sample-answers.ts';
import { rowsWritten } from './token-files.ts';
import { diskNeed, type RowTokens, trainableParameters } from './training-need.ts';
import type { TrainingSpeed, TrainingSpeedStore } from './training-speed-store.ts';

export interface Estimating {
  readonly dataset: Dataset;
  readonly base: BaseModel;
  readonly facts: ModelFacts;
  readonly options: TrainOptions;
  /** The options of runs that are trained together with it. */
  readonly others: readonly TrainOptions[];
  /**
   * Up to this many rows are all counted; of a larger set, an even sample of about this size is counted and scaled up.
   */
  readonly rowsLookedAt?: number;
}

/**
 * What a run would need: memory by part, disk, time; the rows and tokens it reads; and whether this machine has enough.
 */
export async function estimateRun(
  about: Estimating,
  parts: {
    datasets: DatasetStore;
    text: BaseText;
    engine: Engine;
    runs: RunStore;
    speeds: TrainingSpeedStore;
    runsFolder: string;
  },
  signal?: AbortSignal,
): Promise<Estimate> {
  const { base, facts, options, others } = about;
  const count = await countTokens(about, parts, signal);
  const rowCount = Math.max(1, count.rows);
  const rows: RowTokens = { mean: count.total / rowCount, target: count.target / rowCount };
  const { engine } = parts;
  const occasion = { base, rows: count.examples, ...(await validationOf(about, parts)), others };
  const one = await memoryNeed(options, { ...occasion, others: [] }, engine);
  signal?.throwIfAborted();
  const { parts: memory, passGroups } = others.length === 0 ? one : await memoryNeed(options, occasion, engine);
  signal?.throwIfAborted();
  const bytes = bytesOf(memory);
  const available = availableMemory((memory.baseModel ?? 0) + (memory.runtime ?? 0));
  const all = [options, ...others];
  const disk = all.reduce((sum, each) => sum + diskNeed({ facts, options: each, ...written(about, each), rows }), 0);
  const availableDiskBytes = await freeBytes(parts.runsFolder);
  const isTooBig = bytes > available;
  const fits = !isTooBig && disk <= availableDiskBytes;
  const { seconds, ...time } = timeNeed(about, { rowCount, rows }, parts);
  const passes = Math.min(options.epochs, (time.steps * options.batchSize) / rowCount);
  const share = Math.min(1, passes);
  const secondsOf = (passes: readonly number[]) =>
    secondsTogether(seconds, passes, { rows, batchSize: options.batchSize });
  return {
    memory: { bytes, parts: memory, availableBytes: available },
    disk: { bytes: disk, availableBytes: availableDiskBytes },
    time: { seconds: secondsOf(passGroups), ...time },
    group:
      others.length === 0
        ? null
        : {
            runs: all.length,
            together: Math.max(...passGroups),
            alone: { seconds: secondsOf([1]), memoryBytes: bytesOf(one.parts) },
          },
    data: {
      ...{ rows: Math.round(share * count.rows), of: Math.round(count.rows), passes },
      ...{ cut: Math.round(share * count.cutRows), leftOut: Math.round(count.leftOut) },
      ...{ longest: count.longest, unreadScript: await unreadScript(about, parts) },
    },
    tokens: {
      total: Math.round(share * count.total),
      target: Math.round(share * count.target),
      cut: Math.round(share * count.cut),
    },
    trainableParameters: all.reduce((sum, each) => sum + trainableParameters(facts, each), 0),
    totalParameters: base.parameters,
    ...{ options, fits },
    remedy: !isTooBig ? null : await remedyFor(options, occasion, { engine, available }),
  };
}

/** Of a large dataset a run takes only a part. */
function written({ dataset: { splits } }: Estimating, options: TrainOptions): { rowCount: number } {
  const validation = rowsWritten('validation', splits.validation, options);
  return { rowCount: rowsWritten('train', splits.train, options) + validation };
}

/** The validation rows that are measured during a run, and the size of its sample answers. */
async function validationOf({ dataset, options }: Estimating, parts: { datasets: DatasetStore; text: BaseText }) {
  const { datasets, text } = parts;
  const { maxLength, sampleRows: count } = options;
  const validationRows: TokenExample[] = [];
  for (const { context, target } of datasets.examples(dataset.id, 'validation', dataset.version)) {
    const row = await text.exampleIds(context, target, maxLength);
    if (row !== undefined) validationRows.push(row);
    if (validationRows.length >= mostValidationRows) break;
  }
  const about = { datasetId: dataset.id, datasetVersion: dataset.version, task: dataset.task, count, maxLength };
  const job = (await SampleAnswers.of(about, { datasets, text, runQuery: undefined }))?.job;
  const prompt = Math.max(1, ...(job?.prompts ?? []).map((ids) => ids.length));
  return { validationRows, samples: job === undefined ? null : { prompt, answer: job.maxTokens } };
}

/** Judged once for each base and version: three presets are estimated at once, and again after each change. */
function unreadScript(
  { dataset: { id, version } }: Estimating,
  { datasets, text }: { datasets: DatasetStore; text: BaseText },
): Promise<number | null> {
  const judged = unreadScripts.get(text) ?? new Map<string, Promise<number | null>>();
  unreadScripts.set(text, judged);
  return keptPromise(judged, `${id} ${version}`, () => {
    const [{ numbers = [] } = {}] = datasets.rows(id).numbersOf(version, 'train');
    const rows = [...datasets.rows(id).byNumbers(version, numbers.slice(0, rowsRead))];
    return tokensPerUnreadLetter(rows, text);
  });
}

const unreadScripts = new WeakMap<BaseText, Map<string, Promise<number | null>>>();

/** Enough to tell a script by. */
const rowsRead = 30;

function timeNeed(
  { dataset, base, facts, options }: Estimating,
  { rowCount, rows }: { rowCount: number; rows: RowTokens },
  { speeds, runs }: { speeds: TrainingSpeedStore; runs: RunStore },
): TimeNeed {
  const stepsByEpochs = Math.ceil((options.epochs * rowCount) / options.batchSize);
  const steps = Math.max(1, Math.min(stepsByEpochs, options.maxSteps ?? Number.POSITIVE_INFINITY));
  const measured = speeds.get(base.sha256, options) ?? speedNear(base, { facts, options, speeds });
  const earlier = runs.speedOn(base.id);
  const speed =
    measured?.tokensPerSecond ??
    (earlier === undefined
      ? usualSpeed(base.parameters)
      : earlier.tokensPerSecond * relativeCost(facts, earlier.options)) / relativeCost(facts, options);
  const starting =
    options.initialisation === 'gradient' && !options.initAdapterId ? Math.min(startingBatches, steps) : 0;
  const trainedRows = Math.min(options.epochs * rowCount, steps * options.batchSize) + starting * options.batchSize;
  const trained = trainedRows * rows.mean;
  // One of the base at the start, then those along the way and after the last step.
  const validationRows = Math.min(mostValidationRows, dataset.splits.validation);
  const measurements = 1 + Math.ceil(steps / validationInterval({ ...options, validationRows, totalSteps: steps }));
  // Forward only: a third of a training pass.
  const validation = (validationRows * rows.mean) / 3;
  // Generated token by token, at about a sixth of the speed; the prompts are read like any other tokens.
  const samples = Math.min(options.sampleRows, dataset.splits.validation);
  const answers = measurements * samples * (rows.mean / 3 + 6 * 1.5 * rows.target);
  const basis = measured !== undefined ? (measured.isFresh ? 'probe' : 'run') : earlier === undefined ? 'guess' : 'run';
  const measuring = ((measurements - 1) * validation + answers) / speed;
  return { seconds: { training: trained / speed, base: validation / speed, measuring }, steps, basis };
}

/**
 * A speed measured with other matrices, scaled: the three presets adapt different ones, and their times are compared.
 */
function speedNear(
  base: BaseModel,
  { facts, options, speeds }: { facts: ModelFacts; options: TrainOptions; speeds: TrainingSpeedStore },
): TrainingSpeed | undefined {
  const near = speeds.getNear(base.sha256, options);
  if (near === undefined) return undefined;
  const cost = relativeCost(facts, options) / relativeCost(facts, { ...options, targets: near.targets });
  return { ...near, tokensPerSecond: near.tokensPerSecond / cost };
}

interface TimeNeed extends Omit<Estimate['time'], 'seconds'> {
  readonly seconds: {
    readonly training: number;
    /** For measuring the bare base, done once however many runs train. */
    readonly base: number;
    readonly measuring: number;
  };
}

/** For runs that train together: the fixed cost of a pass, whatever its number of rows, is paid once per pass group. */
function secondsTogether(
  seconds: TimeNeed['seconds'],
  passGroups: readonly number[],
  { rows, batchSize }: { rows: RowTokens; batchSize: number },
): number {
  const stepTokens = Math.max(1, rows.mean * batchSize);
  const shareOf = (size: number) => (passTokens + size * stepTokens) / (passTokens + stepTokens);
  const training = passGroups.reduce((sum, size) => sum + shareOf(size), 0) * seconds.training;
  const runs = passGroups.reduce((sum, size) => sum + size, 0);
  return seconds.base + training + runs * seconds.measuring;
}

/**
 * Fixed cost of a pass, in tokens: eight adapters with 16 tokens each took 0.38 of the time of eight passes, with 48
 * tokens each 0.58 (SmolLM2-135M, `npm run bench -- adapters`); 39 gives 0.38 and 0.61.
 */
const passTokens = 39;

interface TokenCount {
  /** Rows that fit, their tokens, their target tokens, and the tokens cut off by shortening; per epoch. */
  readonly rows: number;
  readonly total: number;
  readonly target: number;
  readonly cut: number;
  /** Rows that fit once shortened, and rows that do not fit. */
  readonly cutRows: number;
  readonly leftOut: number;
  /** Tokens of the longest row, whole. */
  readonly longest: number;
  /** The rows that were counted, as a run takes them. */
  readonly examples: readonly TokenExample[];
}

const usualRowsLookedAt = 2000;

async function countTokens(
  about: Estimating,
  parts: { datasets: DatasetStore; text: BaseText },
  signal: AbortSignal | undefined,
): Promise<TokenCount> {
  const { dataset, options, rowsLookedAt = usualRowsLookedAt } = about;
  const all = dataset.splits.train;
  const every = Math.max(1, Math.ceil(all / rowsLookedAt));
  const sum = { rows: 0, total: 0, target: 0, cut: 0, cutRows: 0 };
  const examples: TokenExample[] = [];
  let place = 0;
  let counted = 0;
  let longest = 0;
  const slices = new TimeSlices(signal);
  const stored = parts.datasets.rows(dataset.id);
  for (const { numbers } of stored.numbersOf(dataset.version, 'train')) {
    const looked = numbers.filter(() => place++ % every === 0);
    for (const { context, target } of stored.byNumbers(dataset.version, looked)) {
      counted++;
      const example = await parts.text.exampleIds(context, target, options.maxLength);
      const [whole] = example?.cut === false ? [] : await parts.text.lengths([{ context, target }]);
      longest = Math.max(longest, whole ? whole.context + whole.target : (example?.ids.length ?? 0));
      if (example !== undefined) {
        examples.push(example);
        sum.rows++;
        sum.target += example.ids.length - example.targetStart;
        sum.total += example.ids.length;
        if (whole) {
          sum.cutRows++;
          sum.cut += whole.context - example.targetStart;
        }
      }
      if (slices.isOver) await slices.rest();
    }
    if (slices.isOver) await slices.rest();
  }
  const scale = counted === 0 ? 0 : all / counted;
  const { rows, total, target, cut, cutRows } = sum;
  return {
    ...{ rows: rows * scale, total: total * scale, target: target * scale, cut: cut * scale },
    ...{ cutRows: cutRows * scale, leftOut: (counted - rows) * scale, longest, examples },
  };
}

/**
 * Multiplications per token, relative to the base alone: two passes through frozen weights, three through trained ones.
 */
function relativeCost(facts: ModelFacts, options: TrainOptions): number {
  return (2 * facts.parameters + 3 * trainableParameters(facts, options)) / (2 * facts.parameters);
}

/** Measured: 325 tokens a second for 135M parameters on 2 threads. Very small models are bound by operation count. */
function usualSpeed(parameters: number): number {
  const threads = Math.min(8, availableParallelism());
  return Math.min(6000, (325 * 135e6 * (threads / 2)) / Math.max(1, parameters));
}
