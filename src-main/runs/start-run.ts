import { isActive } from '../../src-contract/active-job.ts';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { freeName } from '../../src-contract/name.ts';
import {
  mostTogether,
  type Run,
  type RunEvent,
  type StartRunInput,
  type TrainOptions,
} from '../../src-contract/run.ts';
import { requireBase } from '../adapters/wrong-base.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { ModelFacts } from '../engine/engine.ts';
import type { SharedWork } from '../jobs/supervisor.ts';
import { requireFit } from './fit-check.ts';
import { resolveOptions } from './presets.ts';
import type { RunPlan, RunStore } from './run-store.ts';
import { type Training, type TrainingParts, trainRuns } from './train-run.ts';

export interface RunningParts extends TrainingParts {
  readonly baseModels: BaseModelStore;
  readonly dataFolder: string;
  /** Runs that are being paused. */
  readonly pausing: Set<string>;
  /** Called when runs have produced adapters that are to be evaluated, against each other. */
  readonly evaluateAfter: (finished: readonly Run[]) => void;
}

/**
 * Settles everything that a run, and the runs trained together with it, depend on, and enqueues them.
 * Throws DATASET_NOT_FOUND, BASE_MODEL_NOT_FOUND, ADAPTER_NOT_FOUND, ADAPTER_WRONG_BASE, OPTION_INVALID,
 * DATASET_TOO_SMALL, DATA_FOLDER_BUSY, RUN_TOO_BIG, RUN_BASE_TOO_BIG, DISK_FULL.
 */
export async function startRun(input: StartRunInput, parts: RunningParts): Promise<Run> {
  const { runs, adapters, datasets, baseModels } = parts;
  const dataset = datasets.get(input.datasetId);
  const base = baseModels.get(input.baseModelId);
  if (dataset.splits.train === 0) throw new StudioError('DATASET_TOO_SMALL', { dataset: dataset.name, rows: 0 });
  const all = await settleAll(input, { ...parts, base, trainRows: dataset.splits.train });
  const { template } = await parts.modelTexts.of(base);
  const [options, ...others] = all;
  await requireFit({ dataset, base, options, others }, parts);
  const names = all.map((each, place) => (place === 0 ? input.name : nameOf(input.name, each, options)));
  // Nothing is awaited between the check of the names and the insert.
  for (const name of names) {
    if (adapters.names.isTaken(name) || runs.isNameActive(name)) {
      throw invalid('name', because('RUN_NAME_TAKEN', { name }));
    }
  }
  const shared = {
    ...{
      datasetId: dataset.id,
      datasetName: dataset.name,
      datasetSha256: dataset.sha256,
      datasetVersion: dataset.version,
    },
    ...{ task: dataset.task, baseModelId: base.id, baseSha256: base.sha256, repeats: null },
    ...{ chatTemplate: template?.source ?? null, evaluateAfter: input.evaluateAfter ?? false },
  };
  const plans = all.map((each, place) => ({ ...shared, name: names[place] as string, options: each }));
  return begin(plans, parts);
}

/** A name for a run trained alongside, made of what sets it apart from the first. */
function nameOf(name: string, options: TrainOptions, first: TrainOptions): string {
  return [
    name,
    ...(options.rank === first.rank ? [] : [`r ${options.rank}`]),
    ...(options.learningRate === first.learningRate ? [] : [`lr ${options.learningRate}`]),
    ...(options.seed === first.seed ? [] : [`seed ${options.seed}`]),
  ].join(' · ');
}

function begin(plans: readonly RunPlan[], parts: RunningParts): Run {
  const inserted = parts.runs.insert(plans, parts.now());
  const ids = inserted.map(({ id }) => id);
  parts.supervisor.startTogether(ids, workOf(ids, parts));
  return inserted[0] as Run;
}

/**
 * A new run with the data, base and settings of another: on the same machine it produces the same adapter. Throws
 * RUN_NOT_FOUND, RUN_NOT_REPEATABLE, RUN_TOO_BIG, RUN_BASE_TOO_BIG, DISK_FULL, DATA_FOLDER_BUSY.
 */
export async function repeatRun(idOrName: string, parts: RunningParts): Promise<Run> {
  const { runs, adapters } = parts;
  const run = runs.get(idOrName);
  const plan = runs.plan(run.id);
  const refuse = (why: Because) => new StudioError('RUN_NOT_REPEATABLE', { run: run.name, ...why });
  const { base, dataset, initial } = materialOf(run, parts, refuse);
  if (run.initialSha256 !== null && initial?.sha256 !== run.initialSha256) throw refuse(because('INITIAL_CHANGED'));
  const group = runs.groupOf(run);
  // The runs it trained with affect its last digits.
  if (group.length < (run.group?.size ?? 1)) throw refuse(because('COMPANION_DELETED'));
  const [options, ...others] = group.map((each) => each.options) as [TrainOptions, ...TrainOptions[]];
  await requireFit({ dataset, base, options, others }, parts);
  const isTaken = (name: string) => adapters.names.isTaken(name) || runs.isNameActive(name);
  const plans = group.map((each) => {
    // Never the same name, even if its adapter has been deleted.
    const name = freeName(each.name, (wanted) => wanted === each.name || isTaken(wanted));
    return { ...plan, name, options: each.options, repeats: each.id, evaluateAfter: false };
  });
  const first = begin(plans, parts);
  return runs.groupOf(first).find(({ repeats }) => repeats === run.id) as Run;
}

/**
 * Enqueues the runs that an earlier process left waiting, in order. While another process trains, they are left alone.
 */
export function takeUpRuns(parts: RunningParts): void {
  try {
    // Runs that train together are taken up with the first of them.
    for (const id of parts.supervisor.listLeft('run')) if (!parts.supervisor.isActive(id)) takeUp(id, parts);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'DATA_FOLDER_BUSY')) throw error;
  }
}

/**
 * Resumes an ended run from its checkpoint, or begins one that was left waiting, together with the runs it trains with.
 * Throws RUN_NOT_FOUND, RUN_ALREADY_ACTIVE, RUN_NOT_RESUMABLE, DATA_FOLDER_BUSY.
 */
export function resumeRun(idOrName: string, parts: RunningParts): Run {
  const run = parts.runs.get(idOrName);
  const refuse = (why: Because) => new StudioError('RUN_NOT_RESUMABLE', { run: run.name, ...why });
  const isLeft = parts.supervisor.isLeft(run.id);
  if (run.state === 'running' || (run.state === 'queued' && !isLeft)) {
    throw new StudioError('RUN_ALREADY_ACTIVE', { run: run.name });
  }
  if (run.state === 'finished') throw refuse(because('HAS_FINISHED'));
  if (run.error?.code === 'RUN_DIVERGED') throw refuse(because('HAS_DIVERGED'));
  materialOf(run, parts, refuse);
  if (isLeft) {
    takeUp(run.id, parts);
    return parts.runs.get(run.id);
  }
  const resumed = parts.runs.groupOf(run).filter((each) => each.id === run.id || canGoOn(each));
  const ids = resumed.map(({ id }) => id);
  parts.supervisor.resumeTogether(ids, workOf(ids, parts), () => parts.runs.enqueueAgain(ids, parts.now()));
  return parts.runs.get(run.id);
}

/** What a run trains on, and the adapter that it continues. Throws if something is gone or no longer what it was. */
function materialOf(
  { baseModelId, baseSha256, datasetId, datasetSha256, datasetVersion, options }: Run,
  { baseModels, datasets, adapters }: RunningParts,
  refuse: (why: Because) => StudioError,
): { base: BaseModel; dataset: Dataset; initial: Adapter | null } {
  const base = baseModels.list().find(({ id }) => id === baseModelId);
  if (base === undefined) throw refuse(because('BASE_DELETED'));
  if (base.sha256 !== baseSha256) throw refuse(because('BASE_CHANGED'));
  const dataset = datasets.list().find(({ id }) => id === datasetId);
  const version = dataset && datasets.version(dataset.id, datasetVersion);
  if (dataset === undefined || version?.sha256 !== datasetSha256) throw refuse(because('DATASET_GONE'));
  const { initAdapterId } = options;
  const initial = initAdapterId === null ? null : adapters.list().find(({ id }) => id === initAdapterId);
  if (initial === undefined) throw refuse(because('INITIAL_DELETED'));
  return { base, dataset, initial };
}

/** Whether a run that trained together with others resumes when they do; not while it is ending on its own. */
function canGoOn(run: Run): boolean {
  return !isActive(run) && run.state !== 'finished' && run.error?.code !== 'RUN_DIVERGED';
}

/**
 * Makes an adapter from the checkpoint of each stopped run that was still queued or paused when the stop came, and so
 * could not do it itself. No-op for a run that has one or has learnt nothing, or whose base is gone. Meanwhile the runs
 * count as running: a second stop waits, and nobody can resume them.
 */
export async function keepStopped(stopped: readonly string[], parts: RunningParts): Promise<void> {
  const { runs, supervisor } = parts;
  const active = stopped.filter((id) => supervisor.isActive(id));
  // A stop already under way keeps them. If there is none, nothing is awaited between this check and the insert.
  if (active.length > 0) await Promise.all(active.map((id) => supervisor.stop(id)));
  const ids = stopped.filter((id) => hasMoreToKeep(runs.get(id), parts));
  if (ids.length === 0) return;
  const stop = { signal: AbortSignal.abort(), isResting: () => false };
  const work: SharedWork<RunEvent> = {
    async *run() {
      for (const id of ids) {
        // The run ends at its checkpoint: the only events are those from before it that were not stored.
        for await (const telling of trainRuns([trainingOf(id, parts)], parts, stop))
          if ('event' in telling) yield telling;
      }
    },
    finished: (id) => endOf(runs.get(id)),
  };
  await supervisor.endStopped(ids, work, () => runs.enqueueStopped(ids, parts.now()));
}

function hasMoreToKeep({ state, step, result, baseModelId }: Run, { baseModels }: RunningParts): boolean {
  const hasLearnt = step > 0 && (result === null || result.steps < step);
  return state === 'stopped' && hasLearnt && baseModels.list().some(({ id }) => id === baseModelId);
}

/**
 * The options of a run and of those trained alongside, without duplicates. Throws OPTION_INVALID if there are too many.
 */
export async function settleAll(
  input: Pick<StartRunInput, 'preset' | 'options' | 'also'>,
  about: Parameters<typeof settleOptions>[1],
): Promise<[TrainOptions, ...TrainOptions[]]> {
  const first = await settleOptions(input, about);
  const also = input.also ?? {};
  if (first.initAdapterId !== null && also.ranks?.length) throw invalid('also', because('RANK_FIXED'));
  const ranks = new Set([first.rank, ...(also.ranks ?? [])]);
  const learningRates = new Set([first.learningRate, ...(also.learningRates ?? [])]);
  const seeds = new Set([first.seed, ...(also.seeds ?? [])]);
  // Before any is settled: three lists of a hundred are a million.
  const count = ranks.size * learningRates.size * seeds.size;
  if (count > mostTogether) throw invalid('also', because('TOO_MANY_TOGETHER', { count, most: mostTogether }));
  const others: TrainOptions[] = [];
  for (const rank of ranks) {
    for (const learningRate of learningRates) {
      for (const seed of seeds) {
        if (rank === first.rank && learningRate === first.learningRate && seed === first.seed) continue;
        const { preset, options } = input;
        others.push(await settleOptions({ preset, options: { ...options, rank, learningRate, seed } }, about));
      }
    }
  }
  return [first, ...others];
}

/** Resolves the options and checks them against the base model and the data. */
export async function settleOptions(
  input: Pick<StartRunInput, 'preset' | 'options'>,
  about: Pick<RunningParts, 'engine' | 'adapters' | 'baseModels'> & { base: BaseModel; trainRows: number },
): Promise<TrainOptions> {
  const { base, trainRows, engine, adapters, baseModels } = about;
  const facts = await engine.inspect(base.path);
  const fixed = await initialAdapter(input.options?.initAdapterId ?? null, about);
  const options = resolveOptions(
    { preset: input.preset, options: { ...input.options, ...fixed } },
    { trainRows, parameters: base.parameters, contextLength: base.contextLength, targets: targetsOf(facts) },
  );
  const foreign = options.targets.find((target) => facts.targets[target] === undefined);
  if (foreign !== undefined) throw invalid('targets', because('MATRIX_MISSING', { base: base.name, matrix: foreign }));
  if (options.maxLength > base.contextLength) {
    throw invalid('maxLength', because('LENGTH_BEYOND_BASE', { base: base.name, tokens: base.contextLength }));
  }
  return options;

  /** A run that continues an adapter has that adapter's shape; asking for another one is an error. */
  async function initialAdapter(id: string | null, { base }: { base: BaseModel }): Promise<Partial<TrainOptions>> {
    if (id === null) return {};
    const adapter = adapters.get(id);
    requireBase(adapter, base, baseModels);
    const { rank, alpha, targets } = adapter;
    const wanted = input.options ?? {};
    for (const [option, value] of Object.entries({ rank, alpha, targets })) {
      const other = wanted[option as 'rank' | 'alpha' | 'targets'];
      if (other !== undefined && textOf(other) !== textOf(value))
        throw invalid(option, because('SHAPE_FIXED', { adapter: adapter.name, value: textOf(value) }));
    }
    return { initAdapterId: adapter.id, rank, alpha, targets };
  }
}

function takeUp(id: string, parts: RunningParts): void {
  const group = parts.runs.groupOf(parts.runs.get(id)).filter((each) => parts.supervisor.isLeft(each.id));
  const ids = group.map((each) => each.id);
  parts.supervisor.takeUpTogether(ids, workOf(ids, parts), { aloneIn: parts.dataFolder });
}

/** The work of runs that train together, or of a single run. */
function workOf(ids: readonly string[], parts: RunningParts): SharedWork<RunEvent> {
  const { supervisor, runs } = parts;
  const isResting = () =>
    supervisor.isClosing || ids.some((id) => runs.get(id).state === 'paused' || parts.pausing.has(id));
  return {
    run: (signal) => {
      const trainings = ids.map((id) => trainingOf(id, parts));
      return trainRuns(trainings, parts, { signal, isResting });
    },
    finished: (id) => {
      const run = runs.get(id);
      measureWhenAllHaveEnded(run, parts);
      return endOf(run);
    },
  };
}

function endOf({ state, adapterId }: Run): RunEvent {
  return { kind: 'finished', state, adapterId };
}

function trainingOf(id: string, { runs, baseModels, datasets }: RunningParts): Training {
  const run = runs.get(id);
  const base = baseModels.get(run.baseModelId);
  const dataset = datasets.list().find((each) => each.id === run.datasetId);
  return { run, plan: runs.plan(id), base, dataset };
}

/**
 * Begins the evaluation that is wanted of a run, once nothing that trained with it can go on: adapters that were trained
 * together are evaluated against each other.
 */
export function measureWhenAllHaveEnded(run: Run, { runs, evaluateAfter }: RunningParts): void {
  const group = runs.groupOf(run);
  if (group.some(mayGoOn)) return;
  const made = group.filter(hasMade);
  if (made.some(({ id }) => runs.plan(id).evaluateAfter)) evaluateAfter(made);
}

/**
 * The runs whose evaluation was wanted when their process was killed before it began that, those that trained together
 * as one. Runs of which one may go on are evaluated when it has ended. For the start, when no other process is running.
 */
export function listUnevaluated(runs: RunStore): Run[][] {
  const groups = new Map(runs.listUnevaluated().map((run) => [run.group?.id ?? run.id, runs.groupOf(run)]));
  return [...groups.values()].filter((group) => !group.some(mayGoOn)).map((group) => group.filter(hasMade));
}

/** Whether it is under way or rests: a person who paused it wants it to be trained to its end. */
export function mayGoOn({ state }: Run): boolean {
  return !['finished', 'failed', 'stopped'].includes(state);
}

function hasMade({ state, adapterId }: Run): boolean {
  return state === 'finished' && adapterId !== null;
}

function targetsOf(facts: ModelFacts) {
  return (Object.keys(facts.targets) as (keyof ModelFacts['targets'])[]).filter((target) => facts.targets[target]);
}

/** Matrices compare equal in any order. */
function textOf(value: number | readonly string[]): string {
  return typeof value === 'number' ? String(value) : value.toSorted().join(', ');
}

function invalid(option: string, why: Because): StudioError {
  return new StudioError('OPTION_INVALID', { option, ...why });
}
