import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Run, RunEvent, StartRunInput, TrainOptions } from '../../src-contract/run.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { ModelFacts } from '../engine/engine.ts';
import type { Supervisor, Work } from '../jobs/supervisor.ts';
import { requireFit } from './fit-check.ts';
import { resolveOptions } from './presets.ts';
import { type TrainingParts, trainRun } from './train-run.ts';

/** What training needs from outside. */
export type GivenParts = Omit<RunningParts, 'told' | 'rewind' | 'pausing'>;

export interface RunningParts extends TrainingParts {
  readonly baseModels: BaseModelStore;
  readonly supervisor: Supervisor<RunEvent>;
  readonly dataFolder: string;
  /** Runs that are being ended only for now. */
  readonly pausing: Set<string>;
  /** Called when a run has made an adapter that is to be measured. */
  readonly evaluateAfter: (runId: string) => void;
}

export function runningParts(given: GivenParts): RunningParts {
  const { supervisor } = given;
  return {
    ...given,
    told: (id) => supervisor.told(id),
    rewind: (id, unwanted) => supervisor.rewind(id, unwanted),
    pausing: new Set(),
  };
}

/**
 * Settles everything a run depends on and lets it wait its turn.
 * Throws DATASET_NOT_FOUND, BASE_MODEL_NOT_FOUND, ADAPTER_NOT_FOUND, ADAPTER_WRONG_BASE, OPTION_INVALID, DATASET_TOO_SMALL,
 * DATA_FOLDER_BUSY, RUN_TOO_BIG, RUN_BASE_TOO_BIG, DISK_FULL.
 */
export async function startRun(input: StartRunInput, parts: RunningParts): Promise<Run> {
  const { runs, adapters, datasets, baseModels } = parts;
  const dataset = datasets.get(input.datasetId);
  const base = baseModels.get(input.baseModelId);
  if (dataset.splits.train === 0) throw new StudioError('DATASET_TOO_SMALL', { dataset: dataset.name, rows: 0 });
  const options = await settleOptions(input, { ...parts, base, trainRows: dataset.splits.train });
  const { template } = await parts.modelTexts.of(base);
  await requireFit({ dataset, base, options }, parts);
  // Nothing waits between the look at the name and the row.
  if (adapters.isNameTaken(input.name) || runs.isNameActive(input.name)) {
    throw invalid('name', `there is already an adapter or a run named “${input.name}”`);
  }
  const run = runs.insert(
    {
      ...{ name: input.name, datasetId: dataset.id, datasetSha256: dataset.sha256, datasetVersion: dataset.version },
      ...{ task: dataset.task, baseModelId: base.id, baseSha256: base.sha256, options },
      ...{ chatTemplate: template?.source ?? null, repeats: null, evaluateAfter: input.evaluateAfter ?? false },
    },
    parts.now(),
  );
  beginWork(run, parts);
  return run;
}

/**
 * A new run with the data, base and settings of another: on the same machine it makes the same adapter. Throws RUN_NOT_FOUND,
 * RUN_NOT_REPEATABLE, RUN_TOO_BIG, RUN_BASE_TOO_BIG, DISK_FULL, DATA_FOLDER_BUSY.
 */
export async function repeatRun(idOrName: string, parts: RunningParts): Promise<Run> {
  const { runs, adapters, datasets, baseModels } = parts;
  const run = runs.get(idOrName);
  const plan = runs.plan(run.id);
  const refuse = (reason: string) => new StudioError('RUN_NOT_REPEATABLE', { run: run.name, reason });
  const base = baseModels.list().find((model) => model.id === run.baseModelId);
  if (base === undefined) throw refuse('its base model was deleted');
  if (base.sha256 !== run.baseSha256) throw refuse('its base model has changed');
  const dataset = datasets.list().find((each) => each.id === run.datasetId);
  const version = dataset && datasets.version(dataset.id, run.datasetVersion);
  if (dataset === undefined || version?.sha256 !== run.datasetSha256)
    throw refuse('its dataset was deleted or has changed');
  const initial = run.options.initAdapterId;
  if (initial !== null && !adapters.list().some(({ id }) => id === initial)) {
    throw refuse('the adapter that it went on from was deleted');
  }
  await requireFit({ dataset, base, options: run.options }, parts);
  const isTaken = (name: string) => adapters.isNameTaken(name) || runs.isNameActive(name);
  let name = `${run.name} again`;
  for (let number = 2; isTaken(name); number++) name = `${run.name} again ${number}`;
  const again = runs.insert({ ...plan, name, repeats: run.id, evaluateAfter: false }, parts.now());
  beginWork(again, parts);
  return again;
}

/** Lets the runs that an earlier process left waiting wait here, in their order. While another process trains, they are left. */
export function takeUpRuns(parts: RunningParts): void {
  try {
    for (const id of parts.supervisor.listLeft('run')) takeUp(id, parts);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'DATA_FOLDER_BUSY')) throw error;
  }
}

/** Lets an ended run go on from its checkpoint, or one that was left waiting begin. Throws RUN_NOT_FOUND, RUN_ALREADY_ACTIVE, RUN_NOT_RESUMABLE, DATA_FOLDER_BUSY. */
export function resumeRun(idOrName: string, parts: RunningParts): Run {
  const run = parts.runs.get(idOrName);
  const plan = parts.runs.plan(run.id);
  const refuse = (reason: string) => new StudioError('RUN_NOT_RESUMABLE', { run: run.name, reason });
  const isLeft = parts.supervisor.isLeft(run.id);
  if (run.state === 'running' || (run.state === 'queued' && !isLeft)) {
    throw new StudioError('RUN_ALREADY_ACTIVE', { run: run.name });
  }
  if (run.state === 'finished') throw refuse('it has finished');
  if (run.error?.code === 'RUN_DIVERGED') throw refuse('its loss became infinite, and would again');
  const base = parts.baseModels.list().find((model) => model.id === run.baseModelId);
  if (base === undefined) throw refuse('its base model was deleted');
  if (base.sha256 !== plan.baseSha256) throw refuse('its base model has changed');
  const dataset = parts.datasets.list().find((each) => each.id === run.datasetId);
  const version = dataset && parts.datasets.version(dataset.id, plan.datasetVersion);
  if (version?.sha256 !== run.datasetSha256) throw refuse('its dataset was deleted or has changed');
  if (isLeft) {
    takeUp(run.id, parts);
    return parts.runs.get(run.id);
  }
  const waiting = parts.runs.enqueueAgain(run.id, parts.now());
  // It has not ended after all, for whoever watches from now on.
  parts.rewind(run.id, (event) => event.kind === 'finished');
  beginWork(waiting, parts);
  return waiting;
}

/**
 * Makes an adapter of what the checkpoint of a stopped run holds, where the stop came before the run could: it still waited
 * its turn, or it only rested. Does nothing for a run that has one or has learnt nothing.
 */
export async function keepStopped(id: string, parts: RunningParts): Promise<void> {
  const { runs, baseModels, datasets } = parts;
  const run = runs.get(id);
  const hasLearnt = run.step > 0 && (run.result === null || run.result.steps < run.step);
  if ((run.state !== 'stopped' && run.state !== 'paused') || !hasLearnt) return;
  const base = baseModels.list().find((model) => model.id === run.baseModelId);
  const dataset = datasets.list().find((each) => each.id === run.datasetId);
  if (base === undefined) return;
  runs.setStopped(id);
  const stop = { signal: AbortSignal.abort(), isResting: () => false };
  // Nothing is told that has not been told before: the run ends where its checkpoint is.
  for await (const _ of trainRun({ run, plan: runs.plan(id), base, dataset }, parts, stop));
}

/** Resolves the options and checks them against base model and data. */
export async function settleOptions(
  input: Pick<StartRunInput, 'preset' | 'options'>,
  about: Pick<RunningParts, 'engine' | 'adapters'> & { base: BaseModel; trainRows: number },
): Promise<TrainOptions> {
  const { base, trainRows, engine, adapters } = about;
  const facts = await engine.inspect(base.path);
  const fixed = await initialAdapter(input.options?.initAdapterId ?? null, about);
  const options = resolveOptions(
    { preset: input.preset, options: { ...input.options, ...fixed } },
    { trainRows, parameters: base.parameters, contextLength: base.contextLength, targets: targetsOf(facts) },
  );
  const foreign = options.targets.find((target) => facts.targets[target] === undefined);
  if (foreign !== undefined) throw invalid('targets', `“${base.name}” has no matrix ${foreign}`);
  if (options.maxLength > base.contextLength) {
    throw invalid('maxLength', `“${base.name}” reads at most ${base.contextLength} tokens`);
  }
  return options;

  /** A run that goes on from an adapter has that adapter's shape. */
  async function initialAdapter(id: string | null, { base }: { base: BaseModel }): Promise<Partial<TrainOptions>> {
    if (id === null) return {};
    const adapter = adapters.get(id);
    if (adapter.baseSha256 !== base.sha256) {
      throw new StudioError('ADAPTER_WRONG_BASE', {
        adapter: adapter.name,
        expected: adapter.baseSha256.slice(0, 8),
        found: base.name,
      });
    }
    const { rank, alpha, targets } = adapter;
    return { initAdapterId: adapter.id, rank, alpha, targets };
  }
}

function beginWork(run: Run, parts: RunningParts): void {
  parts.supervisor.start(run.id, workOf(run, parts));
}

function takeUp(id: string, parts: RunningParts): void {
  parts.supervisor.takeUp(id, workOf(parts.runs.get(id), parts), { aloneIn: parts.dataFolder });
}

function workOf(run: Run, parts: RunningParts): Work<RunEvent> {
  const { supervisor, runs } = parts;
  return {
    run: (signal) => {
      const plan = runs.plan(run.id);
      const base = parts.baseModels.get(run.baseModelId);
      const dataset = parts.datasets.list().find((each) => each.id === run.datasetId);
      const isResting = () => supervisor.isClosing || runs.get(run.id).state === 'paused' || parts.pausing.has(run.id);
      return trainRun({ run, plan, base, dataset }, parts, { signal, isResting });
    },
    finished: () => {
      const { state, adapterId } = runs.get(run.id);
      if (state === 'finished' && adapterId !== null && runs.plan(run.id).evaluateAfter) parts.evaluateAfter(run.id);
      return { kind: 'finished', state, adapterId };
    },
  };
}

function targetsOf(facts: ModelFacts) {
  return (Object.keys(facts.targets) as (keyof ModelFacts['targets'])[]).filter((target) => facts.targets[target]);
}

function invalid(option: string, reason: string): StudioError {
  return new StudioError('OPTION_INVALID', { option, reason });
}
