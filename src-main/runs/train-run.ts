import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { namesOf } from '../../src-contract/column-groups.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Run, RunEvent, RunResult } from '../../src-contract/run.ts';
import { shortened } from '../../src-contract/shortened.ts';
import { type AdapterOrigin, copyAdapter } from '../adapters/adapter-files.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import { fingerprintLike } from '../adapters/fingerprint-like.ts';
import type { BaseText } from '../base-models/base-text.ts';
import type { ModelTexts } from '../base-models/model-texts.ts';
import { type HashBase, requireHash } from '../base-models/unchanged-base.ts';
import { datasetQueries, type SqlRunner } from '../datasets/databases/attached-database.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { TargetForms } from '../datasets/target-forms.ts';
import type { DivergedEvent, Engine, TrainEvent, TrainJob, TrainTogetherEvent } from '../engine/engine.ts';
import type { Supervisor, Told } from '../jobs/supervisor.ts';
import { LossWatch } from './loss-watch.ts';
import { machineFacts } from './machine.ts';
import { RunProgress } from './run-progress.ts';
import type { RunPlan, RunStore } from './run-store.ts';
import { SampleAnswers } from './sample-answers.ts';
import { copyRunTokens, type TokenFiles, writeRunTokens } from './token-files.ts';
import { trainJob } from './train-job.ts';
import type { TrainingSpeedStore } from './training-speed-store.ts';

export interface TrainingParts {
  readonly supervisor: Supervisor<RunEvent>;
  readonly runs: RunStore;
  readonly adapters: AdapterStore;
  readonly datasets: DatasetStore;
  readonly targetForms: Pick<TargetForms, 'of'>;
  readonly engine: Engine;
  readonly modelTexts: ModelTexts;
  readonly hashBase: HashBase;
  readonly speeds: TrainingSpeedStore;
  readonly sql: SqlRunner;
  readonly datasetsFolder: string;
  /** The studio's version. */
  readonly version: string;
  readonly runsFolder: string;
  readonly adaptersFolder: string;
  readonly adapterAdded: () => void;
  /** Of several that train together, one has begun. */
  readonly turnBegun: () => void;
  readonly now: () => number;
}

/**
 * Trains a run from its start or its checkpoint, or several on one base in as few passes as possible, reporting
 * progress. At the end, a stop included, there is an adapter of what was learnt, if at least one step was done.
 * `isResting` says that an abort is not an end, because the studio is closing or a person has paused: then no adapter
 * is made, and the runs can resume later. Throws DATASET_TOO_SMALL, RUN_NOT_RESUMABLE, RUN_DIVERGED,
 * MODEL_WITHOUT_NUMBERS, ADAPTER_NOT_FOUND, DISK_FULL and what the engine throws.
 */
export async function* trainRuns(
  trainings: readonly Training[],
  parts: TrainingParts,
  stop: Stop,
): AsyncGenerator<Told<RunEvent>> {
  const ongoing: OngoingRun[] = [];
  for (const training of trainings) ongoing.push(await openTraining(training, ongoing[0]?.folder, parts, stop.signal));
  const jobs = ongoing.map(({ job }) => job);
  const waiting = new Set(ongoing);
  for await (const { job, event } of eventsOf(jobs, parts.engine, stop.signal)) {
    const run = ongoing[job] as OngoingRun;
    const { id } = run.training.run;
    if (event.kind === 'started') {
      waiting.delete(run);
      // In case they train one after another.
      for (const other of waiting) yield { id: other.training.run.id, event: { kind: 'loading', share: 1 } };
    }
    for await (const each of run.told(event)) yield { id, event: each };
    if (event.kind === 'diverged') yield { id, error: await run.named(event) };
    if (event.kind !== 'finished' || event.step === 0 || (stop.signal.aborted && stop.isResting())) continue;
    await run.keepWhatItLearnt(event);
    // Runs that are stopped all end as the stop says.
    if (!event.stopped) yield { id, end: 'finished' };
  }
}

export interface Training {
  readonly run: Run;
  readonly plan: RunPlan;
  readonly base: BaseModel;
  readonly dataset: Dataset | undefined;
}

interface Stop {
  readonly signal: AbortSignal;
  readonly isResting: () => boolean;
}

/**
 * The events of all jobs. On tfjs, which only a person's choice selects, they train one by one, and one that diverges
 * does not keep the next from its turn.
 */
async function* eventsOf(
  jobs: readonly TrainJob[],
  engine: Engine,
  signal: AbortSignal,
): AsyncGenerator<TrainTogetherEvent> {
  const goTogether = jobs.length > 1 && jobs.every(({ backend }) => backend !== 'tfjs');
  if (goTogether) return yield* engine.trainTogether({ jobs }, signal);
  for (const [job, each] of jobs.entries()) {
    // The first is begun even after an abort: its checkpoint becomes an adapter.
    if (job > 0 && signal.aborted) return;
    yield* eventsOfOne(job, engine.train(each, signal));
  }
}

/** The events of a single job, its divergence among them as when it trains with others, so that its rows are named. */
async function* eventsOfOne(job: number, events: AsyncIterable<TrainEvent>): AsyncGenerator<TrainTogetherEvent> {
  try {
    for await (const event of events) yield { job, event };
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'RUN_DIVERGED') throw error;
    // Sound: the code determines the type of the data.
    yield { job, event: { kind: 'diverged', ...(error as StudioError<'RUN_DIVERGED'>).data } };
  }
}

/**
 * Gets a run ready to train: checks that its base is unchanged, and tokenises its rows. Runs that train together read
 * the rows of the first.
 */
async function openTraining(
  training: Training,
  firstFolder: string | undefined,
  parts: TrainingParts,
  signal: AbortSignal,
): Promise<OngoingRun> {
  const { run, plan, base, dataset } = training;
  const folder = join(parts.runsFolder, run.id);
  await mkdir(folder, { recursive: true });
  // Once it has learnt something, a stop makes an adapter, for which the base must be known to be unchanged.
  const mayLeave = run.step === 0 ? signal : undefined;
  if (firstFolder === undefined) {
    await requireHash(base, { sha256: plan.baseSha256, hashBase: parts.hashBase }, mayLeave);
  }
  const text = await parts.modelTexts.of(base, run.task);
  if (firstFolder !== undefined) await copyRunTokens(firstFolder, folder);
  const files = await writeRunTokens(
    {
      ...{ folder, datasetId: plan.datasetId, datasetVersion: plan.datasetVersion, options: run.options },
      datasetName: dataset?.name ?? plan.datasetId,
    },
    { datasets: parts.datasets, text },
    signal,
  );
  const samples = dataset && (await samplesOf({ run, plan, dataset }, { ...parts, text }));
  const { initAdapterId } = run.options;
  const initial = initAdapterId === null ? undefined : parts.adapters.get(initAdapterId);
  const job = trainJob(run.options, { base, folder, files, samples, initFolder: initial?.path ?? null });
  return new OngoingRun({ training, parts, folder, files, samples, initial, job });
}

/** A run in training: enriches the engine's events with what the studio knows, and stores the result. */
class OngoingRun {
  readonly training: Training;
  readonly folder: string;
  readonly job: TrainJob;
  readonly #parts: TrainingParts;
  readonly #files: TokenFiles;
  readonly #samples: SampleAnswers | undefined;
  readonly #initial: Adapter | undefined;
  readonly #progress: RunProgress;
  readonly #watch = new LossWatch();
  #place = { backend: '', device: '' };
  #bestStep: number | null = null;
  #startLoss: number | null = null;

  constructor(about: {
    training: Training;
    parts: TrainingParts;
    folder: string;
    files: TokenFiles;
    samples: SampleAnswers | undefined;
    initial: Adapter | undefined;
    job: TrainJob;
  }) {
    this.training = about.training;
    this.folder = about.folder;
    this.job = about.job;
    this.#parts = about.parts;
    this.#files = about.files;
    this.#samples = about.samples;
    this.#initial = about.initial;
    this.#progress = new RunProgress(about.training.run.id, about.job, about.parts.runs);
  }

  async *told(event: TrainTogetherEvent['event']): AsyncGenerator<RunEvent> {
    switch (event.kind) {
      case 'loading':
        return yield event;
      case 'started':
        return yield* this.#begin(event);
      case 'step': {
        yield this.#progress.step(event);
        const usual = this.#watch.spikeOver(event.loss);
        if (usual !== undefined) yield await spike(event, usual, this.#names);
        return;
      }
      case 'diverged':
        return yield await divergence(event, this.#names);
      case 'checkpoint':
        this.#progress.keep();
        return yield event;
      case 'validation': {
        const { base, ...own } = event;
        this.#remember(event);
        this.#progress.pass();
        const { step, best } = event;
        return yield {
          ...{ kind: 'validation', step, best, ...(await this.#judged(own)) },
          ...(base && { base: await this.#judged(base) }),
        };
      }
      case 'finished':
        return;
      default:
        event satisfies never;
    }
  }

  /**
   * A divergence with row ids in place of indices into the token file. A NaN before any weight has changed is the fault
   * of the adapter that the run began from.
   */
  async named(diverged: DivergedEvent): Promise<StudioError<'RUN_DIVERGED' | 'MODEL_WITHOUT_NUMBERS'>> {
    const { step, rows: places, split } = diverged;
    const isOfStart = split === 'validation' ? step === 0 : step === 1 && places !== '';
    if (this.#initial && isOfStart) return new StudioError('MODEL_WITHOUT_NUMBERS', { model: this.#initial.name });
    const { rows } = await divergence(diverged, this.#names);
    if (rows.length === 0) return new StudioError('RUN_DIVERGED', { step, rows: places, split });
    const ids = rows.map(({ exampleId }) => exampleId).join(', ');
    const isAll = places.split(', ').length === rows.length;
    return new StudioError('RUN_DIVERGED', { step, rows: isAll ? ids : `${ids}, …`, split });
  }

  async #judged({ loss, answers }: { loss: number; answers: readonly (readonly number[])[] }) {
    const isAnswered = this.#samples !== undefined && answers.length > 0;
    return isAnswered ? { loss, answers: await this.#samples.judged(answers) } : { loss };
  }

  #remember({ step, loss, best, base }: Extract<TrainEvent | RunEvent, { kind: 'validation' }>): void {
    if (best) this.#bestStep = step;
    if (base !== undefined) this.#startLoss = loss;
  }

  async *#begin(event: Extract<TrainEvent, { kind: 'started' }>): AsyncGenerator<RunEvent> {
    const { run } = this.training;
    const { runs, supervisor, version, engine, now, turnBegun } = this.#parts;
    runs.setActive(run.id, machineFacts(version, await engine.device()), now());
    if (run.group !== null) turnBegun();
    const isNew = this.#progress.begin(event, supervisor);
    this.#place = event;
    // Events up to the checkpoint count as if the run had never stopped.
    const known = new Set<string>();
    for (const told of supervisor.told(run.id)) {
      if (told.kind === 'validation') this.#remember(told);
      if (told.kind === 'step') this.#watch.spikeOver(told.loss);
      known.add(keyOf(told));
    }
    if (isNew) yield this.#beginning(event);
    // A kill may have come between a checkpoint and the storing of the events before it.
    for (const again of event.told ?? []) {
      if (!known.has(keyOf(again))) yield* this.told(again);
      else if (again.kind === 'step') this.#progress.step(again);
    }
  }

  #beginning(event: Extract<TrainEvent, { kind: 'started' }>): RunEvent {
    const { run } = this.training;
    const { runs } = this.#parts;
    if (this.#initial) runs.setInitial(run.id, this.#initial.sha256);
    const { totalSteps, trainRows, validationRows, trainableParameters, totalParameters, device } = event;
    const { leftOut, cut, drawnFrom } = this.#files.facts;
    return {
      kind: 'started',
      ...{ totalSteps, trainRows, validationRows, leftOut, cut, trainableParameters, totalParameters, device },
      ...(drawnFrom !== undefined && { drawnFrom }),
      ...(this.#samples && { samples: [...this.#samples.rows], mainMetric: this.#samples.mainMetric }),
    };
  }

  /** Makes an adapter of what the engine has written, and records how the run went. */
  async keepWhatItLearnt(end: Extract<TrainEvent, { kind: 'finished' }>): Promise<void> {
    const { run, plan, base } = this.training;
    const parts = this.#parts;
    this.#progress.keep();
    const baseSha256After = await parts.hashBase(base);
    const { losses, tokens, targetTokens, seconds } = this.#progress.summary(parts.supervisor.told(run.id));
    const { baseValidationLoss, bestValidationLoss } = end;
    const { backend, device } = this.#place;
    const result: RunResult = {
      ...{ steps: end.step, tokens, targetTokens, seconds, tokensPerSecond: seconds > 0 ? tokens / seconds : 0 },
      ...{ peakRssBytes: end.peakRssBytes, firstLoss: losses[0] ?? 0, lastLoss: losses.at(-1) ?? 0, losses },
      ...{ baseValidationLoss, startValidationLoss: this.#startLoss, bestValidationLoss, backend, device },
      ...{ baseSha256Before: plan.baseSha256, baseSha256After, early: end.early, bestStep: this.#bestStep },
    };
    // Its cost among others says nothing about a run on its own.
    if (result.tokensPerSecond > 0 && run.group === null) {
      const speed = { tokensPerSecond: result.tokensPerSecond, by: 'run' } as const;
      parts.speeds.put(plan.baseSha256, run.options, speed, parts.now());
    }
    await keepAdapter({ run, plan, base, result, outputFolder: this.job.outputFolder }, parts);
    // A stopped run keeps its checkpoint, so that it can resume.
    if (!end.stopped) await rm(this.folder, { recursive: true, force: true }).catch(leaveToNextStart);
  }

  get #names(): RowNames {
    return { files: this.#files, plan: this.training.plan, datasets: this.#parts.datasets };
  }
}

function samplesOf(
  { run, plan, dataset }: { run: Run; plan: RunPlan; dataset: Dataset },
  parts: TrainingParts & { text: BaseText },
): Promise<SampleAnswers | undefined> {
  const { datasetId, datasetVersion, task } = plan;
  const { sampleRows: count, maxLength } = run.options;
  const runQuery = datasetQueries(dataset, parts);
  return SampleAnswers.of({ datasetId, datasetVersion, task, count, maxLength }, { ...parts, runQuery });
}

interface RowNames {
  readonly files: TokenFiles;
  readonly plan: RunPlan;
  readonly datasets: DatasetStore;
}

/** Two events of the same kind at the same step are the same. */
function keyOf(event: TrainEvent | RunEvent): string {
  return `${event.kind} ${'step' in event ? event.step : ''}`;
}

type SpikeEvent = Extract<RunEvent, { kind: 'spike' }>;

/** Rows of a divergence that are named: where all rows of a measurement are at fault, a few say as much. */
const mostNamed = 8;

async function spike({ step, loss, worst }: StepEvent, usual: number, names: RowNames): Promise<SpikeEvent> {
  const rows = await rowsNamed([{ place: worst.row, loss: worst.loss }], 'train', names);
  return { kind: 'spike', step, loss, usual, rows };
}

async function divergence({ step, rows, split = 'train' }: DivergedEvent, names: RowNames): Promise<SpikeEvent> {
  const places = rows.split(', ').slice(0, mostNamed);
  const named = places.map((place) => ({ place: Number(place), loss: null }));
  return { kind: 'spike', step, loss: null, usual: null, rows: await rowsNamed(named, split, names) };
}

async function rowsNamed(
  places: readonly { place: number; loss: number | null }[],
  split: 'train' | 'validation',
  names: RowNames,
) {
  const rows: SpikeEvent['rows'] = [];
  for (const { place, loss } of places) {
    const exampleId = await names.files.rowAt(place, split);
    if (exampleId === undefined) continue;
    const { datasetId, datasetVersion } = names.plan;
    const { context } = names.datasets.example(datasetId, exampleId, datasetVersion);
    rows.push({ exampleId, asked: shortened(context.trim().split('\n').at(-1) ?? '', 200), loss });
  }
  return rows;
}

type StepEvent = Extract<TrainEvent, { kind: 'step' }>;

/** The columns that the contexts of a dataset are made of, if there are several. */
function columnsOf(id: string, { datasets }: Pick<TrainingParts, 'datasets'>): string[] | undefined {
  const { mapping = {} } = datasets.list().find((dataset) => dataset.id === id) ?? {};
  const names = namesOf('context', mapping);
  return names.length > 1 ? names : undefined;
}

/**
 * Copies the trained adapter to its own folder. One that this run left at an earlier stop gets the new content instead;
 * what it was before stays until the next start, for whoever still reads it: an evaluation, an export, an answer.
 */
async function keepAdapter(
  about: { run: Run; plan: RunPlan; base: BaseModel; result: RunResult; outputFolder: string },
  parts: TrainingParts,
): Promise<void> {
  const { run, plan, base, result, outputFolder } = about;
  const { adapters, engine, targetForms } = parts;
  const { baseValidationLoss, bestValidationLoss } = result;
  const now = parts.now();
  const all = adapters.list();
  const earlier = all.find((adapter) => adapter.id === run.adapterId);
  const id = earlier?.id ?? adapters.newId(now);
  const path = join(parts.adaptersFolder, earlier === undefined ? id : `${id}-${adapters.newId(now)}`);
  // Rows that can no longer be read must not cost what was learnt from them.
  const ofTargets = targetForms.of(plan.datasetId, plan.datasetVersion);
  const form = await ofTargets.then((found) => found ?? null).catch(() => undefined);
  const columns = columnsOf(plan.datasetId, parts);
  const origin: AdapterOrigin = {
    ...{ task: plan.task, baseSha256: plan.baseSha256, baseName: base.name, datasetSha256: plan.datasetSha256 },
    ...{ baseValidationLoss, bestValidationLoss },
    ...(form !== undefined && { form }),
    ...(columns !== undefined && { columns }),
  };
  await copyAdapter(outputFolder, path, origin);
  try {
    const facts = await engine.inspectAdapter({ modelFolder: base.path, adapterFolder: path });
    // Whoever repeats a run compares the two adapters.
    const sha256 = fingerprintLike(all.find(({ runId }) => runId !== null && runId === run.repeats)?.sha256, facts);
    parts.runs.finish(run.id, {
      result,
      adapterId: id,
      keep: () => {
        const content = { path, bytes: facts.bytes, sha256, baseValidationLoss, bestValidationLoss };
        if (earlier !== undefined) return adapters.replace(id, content);
        adapters.insert({
          ...{ id, name: { like: run.name }, task: plan.task, createdAt: now },
          ...{ baseModelId: base.id, baseSha256: plan.baseSha256, datasetId: plan.datasetId, runId: run.id },
          ...{ rank: facts.rank, alpha: facts.alpha, targets: [...facts.targets], parameters: facts.parameters },
          ...content,
        });
      },
    });
  } catch (error) {
    await rm(path, { recursive: true, force: true }).catch(leaveToNextStart);
    throw error;
  }
  parts.adapterAdded();
}

/** What cannot be removed now, e.g. because another program holds it, is no fault of the run. */
function leaveToNextStart(): void {}
