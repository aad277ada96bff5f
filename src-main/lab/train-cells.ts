import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../src-contract/adapter.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { TrainEvent, TrainJob, TrainTogetherEvent } from '../engine/engine.ts';
import { readNote, writeNote } from '../files/note.ts';
import { type LabTokens, labTokens } from './lab-tokens.ts';
import type { LabTelling, LabWork } from './lab-work.ts';

/** A training in an experiment: an adapter of some shape, or every weight of the model. */
export interface TrainingCell {
  readonly key: string;
  readonly method: 'lora' | 'full';
  readonly targets: readonly Target[];
  readonly rank: number;
  readonly seed: number;
  /** If it differs from the experiment's. */
  readonly learningRate?: number;
  /**
   * Pinned for cells compared with training all weights, which cannot use quantised ones; otherwise as the app trains.
   */
  readonly precision?: 'float32';
}

const trainedSchema = z.object({
  parameters: z.number(),
  baseLoss: z.number(),
  validationLoss: z.number(),
  steps: z.number(),
  /** Of the frozen weights while training. */
  precision: z.string().default('float32'),
  /** Of adapter_model.safetensors; null where every weight was trained. */
  adapterSha256: z.string().nullable(),
  adapterBytes: z.number().nullable(),
  /** Over the steps since the last interruption. */
  secondsPerStep: z.number(),
  tokensPerSecond: z.number(),
  peakRssBytes: z.number(),
});

export interface Trained extends z.infer<typeof trainedSchema> {
  readonly key: string;
  /** The PEFT folder. */
  readonly folder: string;
  /** The rows that were short enough to be trained on, and to measure the loss on. */
  readonly trainRows: number;
  readonly validationRows: number;
}

export type TrainingTelling =
  | {
      readonly kind: 'at';
      readonly key: string;
      readonly step: number;
      readonly steps: number;
      /** How many cells share its passes, itself included. */
      readonly together: number;
    }
  | { readonly kind: 'trained'; readonly trained: Trained };

/** The progress of a training, reported for the part to which it belongs, of which it may be a share. */
export function trainingAt(
  { key, step, steps, together }: Extract<TrainingTelling, { kind: 'at' }>,
  part: string,
  share = 1,
): LabTelling {
  return { kind: 'at', part, now: key, step, steps, together, share: share * (step / steps) };
}

/**
 * Trains the cells of an experiment, each on the same rows with the same steps, and reports each as it finishes. A cell
 * trained before under the same settings is reused; an interrupted one resumes from its checkpoint. This is the only
 * place that knows how cells are trained: adapters on one base are passed on together, and the engine puts as many into
 * one pass as pays off; full trainings run alone.
 */
export async function* trainCells(
  cells: readonly TrainingCell[],
  work: LabWork,
  signal: AbortSignal,
): AsyncGenerator<TrainingTelling> {
  const tokens = await labTokens(work, signal);
  const left: PlacedCell[] = [];
  for (const cell of cells) {
    const folder = join(work.cellsFolder, await cellId(cell, work, tokens));
    const known = await readTrained(folder);
    if (known === undefined) left.push({ cell, folder });
    else {
      const trained = { ...known, key: cell.key, folder: join(folder, 'adapter'), ...rowsOf(tokens) };
      yield { kind: 'trained', trained };
    }
  }
  while (left.length > 0 && !signal.aborted) {
    const [first] = left as [PlacedCell, ...PlacedCell[]];
    const end = left.findIndex(({ cell }) => !shareBase(first.cell, cell));
    yield* trainSome(left.splice(0, end === -1 ? left.length : Math.max(1, end)), { work, tokens }, signal);
  }
}

interface PlacedCell {
  readonly cell: TrainingCell;
  readonly folder: string;
}

function shareBase(one: TrainingCell, other: TrainingCell): boolean {
  return one.method === 'lora' && other.method === 'lora' && one.precision === other.precision;
}

async function* trainSome(
  cells: readonly PlacedCell[],
  { work, tokens }: { work: LabWork; tokens: LabTokens },
  signal: AbortSignal,
): AsyncGenerator<TrainingTelling> {
  const jobs = cells.map(({ cell, folder }) => trainJob(cell, { work, tokens, folder }));
  for (const { folder } of cells) await mkdir(folder, { recursive: true });
  const underWay = new Set<number>();
  const spent = cells.map(() => ({ parameters: 0, precision: '', steps: 0, tokens: 0, seconds: 0 }));
  for await (const { job, event } of eventsOf(jobs, work, signal)) {
    const { cell, folder } = cells[job] as PlacedCell;
    const sums = spent[job] as (typeof spent)[number];
    if (event.kind === 'diverged') {
      throw new StudioError('RUN_DIVERGED', { step: event.step, rows: event.rows, split: event.split });
    } else if (event.kind === 'started') {
      underWay.add(job);
      sums.parameters = event.trainableParameters;
      sums.precision = event.precision;
    } else if (event.kind === 'step') {
      sums.steps++;
      sums.tokens += event.tokens;
      sums.seconds += event.seconds;
      yield { kind: 'at', key: cell.key, step: event.step, steps: work.options.steps, together: underWay.size };
    } else if (event.kind === 'finished') {
      underWay.delete(job);
      if (event.stopped || signal.aborted) continue;
      yield {
        kind: 'trained',
        trained: await keepTrained({ cell, folder }, { ...sums, end: event }, { work, tokens }),
      };
    }
  }
}

/** The events of all jobs. A single one may use any method. */
async function* eventsOf(
  jobs: readonly TrainJob[],
  { engine }: LabWork,
  signal: AbortSignal,
): AsyncGenerator<TrainTogetherEvent> {
  const [only, ...others] = jobs;
  if (only === undefined) return;
  if (others.length > 0) yield* engine.trainTogether({ jobs }, signal);
  else for await (const event of engine.train(only, signal)) yield { job: 0, event };
}

/** Records the result of a cell where the next experiment that needs it finds it. */
async function keepTrained(
  { cell, folder }: PlacedCell,
  spent: {
    readonly [Name in 'parameters' | 'steps' | 'tokens' | 'seconds']: number;
  } & { readonly precision: string; readonly end: Extract<TrainEvent, { kind: 'finished' }> },
  { work: { engine, base }, tokens }: { work: LabWork; tokens: LabTokens },
): Promise<Trained> {
  const { parameters, precision, end } = spent;
  const isLora = cell.method === 'lora';
  const adapterFolder = join(folder, 'adapter');
  const adapter = isLora ? await engine.inspectAdapter({ modelFolder: base.path, adapterFolder }) : null;
  const trained = {
    ...{ parameters, precision, steps: end.step, peakRssBytes: end.peakRssBytes },
    // Measured twice, before the first step and after the last, so the best is the last.
    ...{ baseLoss: end.baseValidationLoss ?? Number.NaN, validationLoss: end.bestValidationLoss ?? Number.NaN },
    ...{
      secondsPerStep: spent.seconds / Math.max(1, spent.steps),
      tokensPerSecond: spent.tokens / (spent.seconds || 1),
    },
    // The form that earlier versions recorded, whose experiments can be repeated: everything else that matters is in
    // the cell.
    ...{ adapterSha256: adapter?.weightsSha256 ?? null, adapterBytes: adapter?.bytes ?? null },
  };
  // Before its checkpoint goes: killed in between, it would be trained from the start, and alone.
  await writeNote(join(folder, trainedName), trained);
  // What cannot be removed now, the next start removes.
  await shed(folder, trained).catch(() => undefined);
  return { ...trained, key: cell.key, folder: adapterFolder, ...rowsOf(tokens) };
}

function rowsOf({ trainRows, validationRows }: LabTokens) {
  return { trainRows, validationRows };
}

function trainJob(
  cell: TrainingCell,
  { work, tokens, folder }: { work: LabWork; tokens: LabTokens; folder: string },
): TrainJob {
  const { options, base } = work;
  const { targets, rank } = cell;
  return {
    modelFolder: base.path,
    precision: cell.precision ?? 'auto',
    ...{ trainFile: tokens.trainFile, validationFile: tokens.validationFile },
    method:
      cell.method === 'full'
        ? { kind: 'full' }
        : {
            ...{ kind: 'lora', rank, alpha: options.alpha, targets, dropout: 0, initialisation: 'kaiming' },
            initFolder: null,
          },
    learningRate: cell.learningRate ?? options.learningRate,
    schedule: 'linear',
    warmupSteps: Math.round(options.steps * 0.06),
    ...{ weightDecay: 0.01, gradientClip: 1, shuffle: true, seed: cell.seed },
    // A small dataset is repeated as often as the steps need.
    epochs: Math.max(1, Math.ceil((options.steps * options.batchSize) / tokens.trainRows)),
    maxSteps: options.steps,
    batchSize: options.batchSize,
    // Before the first step and after the last: measuring in between costs time and is not needed.
    validationEvery: options.steps,
    outputFolder: join(folder, 'adapter'),
    checkpointFolder: join(folder, 'checkpoint'),
    // All weights and their moments are gigabytes to write: once, at the end.
    checkpointEvery: cell.method === 'full' ? options.steps : null,
  };
}

/**
 * Incremented when the engine's training changes numerically, so that old and new cells are never mixed. 2: the head in
 * floats. 3: int8 rows rounded to ±63 on processors that accumulate in 16 bits.
 */
const arithmetic = 3;

/** The hash of everything that a cell's numbers depend on. */
async function cellId(cell: TrainingCell, work: LabWork, tokens: LabTokens): Promise<string> {
  const { key: _, ...shape } = cell;
  const { steps, batchSize, learningRate, alpha } = work.options;
  const hash = createHash('sha256').update(
    JSON.stringify({ arithmetic, ...shape, steps, batchSize, alpha, learningRate: cell.learningRate ?? learningRate }),
  );
  hash.update(work.facts.baseSha256);
  // A repeat trains afresh; what it trained itself is found again after an interruption.
  if (work.fresh) hash.update(work.id);
  for (const file of [tokens.trainFile, tokens.validationFile]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 32);
}

/** Removes what nobody needs of a trained cell: its checkpoint, and a fully trained model, which is as large as the base. */
export async function shed(folder: string, trained: { readonly adapterSha256: string | null }): Promise<void> {
  await rm(join(folder, 'checkpoint'), { recursive: true, force: true });
  if (trained.adapterSha256 === null) await rm(join(folder, 'adapter'), { recursive: true, force: true });
}

/** Distinguishes the folders of cells from a person's own files among them. */
export function isCellId(name: string): boolean {
  return /^[0-9a-f]{32}$/.test(name);
}

/**
 * The record of a finished training in a cell's folder; undefined if it is not finished, or the record cannot be read.
 */
export function readTrained(folder: string) {
  return readNote(join(folder, trainedName), trainedSchema).catch(() => undefined);
}

const trainedName = 'trained.json';
