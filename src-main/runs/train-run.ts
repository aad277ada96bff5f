import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Run, RunEvent, RunResult } from '../../src-contract/run.ts';
import { type AdapterOrigin, copyAdapter } from '../adapters/adapter-files.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import type { ModelText, ModelTexts } from '../base-models/model-text.ts';
import { datasetQueries, type SqlRunner } from '../datasets/attached-database.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { Engine, TrainEvent } from '../engine/engine.ts';
import { LossWatch } from './loss-watch.ts';
import { machineFacts } from './machine.ts';
import type { RunPlan, RunStore } from './run-store.ts';
import { SampleAnswers } from './sample-answers.ts';
import { type TokenFiles, writeRunTokens } from './token-files.ts';
import { trainJob } from './train-job.ts';
import type { TrainingSpeedStore } from './training-speed-store.ts';

export interface TrainingParts {
  readonly runs: RunStore;
  readonly adapters: AdapterStore;
  readonly datasets: DatasetStore;
  readonly engine: Engine;
  readonly modelTexts: ModelTexts;
  readonly hashBase: (base: BaseModel) => Promise<string>;
  readonly speeds: TrainingSpeedStore;
  readonly sql: SqlRunner;
  readonly datasetsFolder: string;
  /** The studio's version. */
  readonly version: string;
  readonly runsFolder: string;
  readonly adaptersFolder: string;
  /** The events that a run has told so far. */
  readonly told: (runId: string) => Iterable<RunEvent>;
  /** Forgets the events from the first that is unwanted. */
  readonly rewind: (runId: string, unwanted: (event: RunEvent) => boolean) => void;
  readonly adapterAdded: () => void;
  readonly now: () => number;
}

/**
 * Trains a run from its start or from its checkpoint, telling how far it is; at the end, also at a stop, there is an adapter
 * of what was learnt, if a step was done. `isResting` says that an abort is no end, because the studio closes or a person
 * only pauses: then nothing is made of it, and the run can go on later.
 * Throws DATASET_TOO_SMALL, RUN_NOT_RESUMABLE, RUN_DIVERGED, ADAPTER_NOT_FOUND, DISK_FULL and what the engine throws.
 */
export async function* trainRun(about: Training, parts: TrainingParts, stop: Stop): AsyncGenerator<RunEvent> {
  try {
    yield* trainToTheEnd(about, parts, stop);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'SQLITE_FULL') throw error;
    throw new StudioError('DISK_FULL', { needed: 'some space', folder: parts.runsFolder }, { cause: error });
  }
}

interface Training {
  readonly run: Run;
  readonly plan: RunPlan;
  readonly base: BaseModel;
  readonly dataset: Dataset | undefined;
}

interface Stop {
  readonly signal: AbortSignal;
  readonly isResting: () => boolean;
}

async function* trainToTheEnd(
  about: Training,
  parts: TrainingParts,
  { signal, isResting }: Stop,
): AsyncGenerator<RunEvent> {
  const { run, plan, base, dataset } = about;
  const { engine, runs } = parts;
  const folder = join(parts.runsFolder, run.id);
  await mkdir(folder, { recursive: true });
  const baseSha256Before = await parts.hashBase(base);
  if (baseSha256Before !== plan.baseSha256) {
    throw new StudioError('MODEL_FILE_INVALID', {
      file: base.name,
      reason: 'its files are not what they were when the run was set up',
    });
  }
  const text = await parts.modelTexts.of(base);
  const files = await writeRunTokens(
    {
      ...{ folder, datasetId: plan.datasetId, datasetVersion: plan.datasetVersion, maxLength: run.options.maxLength },
      datasetName: dataset?.name ?? plan.datasetId,
    },
    { datasets: parts.datasets, text },
    signal,
  );
  const samples = dataset && samplesOf({ run, plan, dataset }, { ...parts, text });
  const { initAdapterId } = run.options;
  const initFolder = initAdapterId === null ? null : parts.adapters.get(initAdapterId).path;
  const job = trainJob(run.options, { base, folder, files, samples, initFolder });
  const progress = new Progress(run.id, runs);
  const watch = new LossWatch();
  runs.setActive(run.id, machineFacts(parts.version, await engine.device()), parts.now());
  let end: Extract<TrainEvent, { kind: 'finished' }> | undefined;
  let place = { backend: '', device: '' };
  let bestStep: number | null = null;
  for await (const event of tellingRows(engine.train(job, signal))) {
    switch (event.kind) {
      case 'started': {
        const isNew = progress.begin(event, parts);
        place = event;
        // What was told up to the checkpoint counts as if the run had never stopped.
        for (const told of parts.told(run.id)) {
          if (told.kind === 'validation' && told.best) bestStep = told.step;
          if (told.kind === 'step') watch.spikeOver(told.loss);
        }
        if (isNew) {
          const { totalSteps, trainRows, validationRows, trainableParameters, totalParameters, device } = event;
          const { leftOut, cut } = files.facts;
          yield {
            kind: 'started',
            ...{ totalSteps, trainRows, validationRows, leftOut, cut, trainableParameters, totalParameters, device },
            ...(samples && { samples: [...samples.rows], mainMetric: samples.mainMetric }),
          };
        }
        break;
      }
      case 'step': {
        yield progress.step(event);
        const usual = watch.spikeOver(event.loss);
        if (usual !== undefined) yield await spike(event, usual, { files, plan, datasets: parts.datasets });
        break;
      }
      case 'diverged':
        yield await divergence(event.error, { files, plan, datasets: parts.datasets });
        throw event.error;
      case 'checkpoint':
        progress.keep();
        yield event;
        break;
      case 'validation': {
        const { answers, ...measured } = event;
        if (event.best) bestStep = event.step;
        progress.pass();
        yield samples === undefined || answers.length === 0
          ? measured
          : { ...measured, answers: await samples.judged(answers) };
        break;
      }
      case 'finished':
        end = event;
        break;
      default:
        event satisfies never;
    }
  }
  if (end === undefined || end.step === 0 || (signal.aborted && isResting())) return;
  progress.keep();
  const baseSha256After = await parts.hashBase(base);
  const { losses, tokens, targetTokens, seconds } = progress.summary(parts.told(run.id));
  const { baseValidationLoss, bestValidationLoss } = end;
  const result: RunResult = {
    ...{ steps: end.step, tokens, targetTokens, seconds, tokensPerSecond: seconds > 0 ? tokens / seconds : 0 },
    ...{ peakRssBytes: end.peakRssBytes, firstLoss: losses[0] ?? 0, lastLoss: losses.at(-1) ?? 0, losses },
    ...{ baseValidationLoss, bestValidationLoss, backend: place.backend, device: place.device },
    ...{ baseSha256Before, baseSha256After, early: end.early, bestStep },
  };
  if (result.tokensPerSecond > 0) {
    const speed = { tokensPerSecond: result.tokensPerSecond, bytes: 0, tokens: 0 };
    parts.speeds.put(plan.baseSha256, run.options, speed, parts.now());
  }
  await keepAdapter({ run, plan, base, result, outputFolder: job.outputFolder }, parts);
  // A stopped run keeps its checkpoint, and with it the way on.
  if (!end.stopped) await rm(folder, { recursive: true, force: true });
}

function samplesOf(
  { run, plan, dataset }: { run: Run; plan: RunPlan; dataset: Dataset },
  parts: TrainingParts & { text: ModelText },
): SampleAnswers | undefined {
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

async function spike({ step, loss, worst }: StepEvent, usual: number, names: RowNames): Promise<RunEvent> {
  return { kind: 'spike', step, loss, usual, rows: await rowsNamed([{ place: worst.row, loss: worst.loss }], names) };
}

async function divergence({ data }: StudioError<'RUN_DIVERGED'>, names: RowNames): Promise<RunEvent> {
  const places = data.rows.split(', ').map((place) => ({ place: Number(place), loss: null }));
  return { kind: 'spike', step: data.step, loss: null, usual: null, rows: await rowsNamed(places, names) };
}

async function rowsNamed(places: readonly { place: number; loss: number | null }[], names: RowNames) {
  const rows: Extract<RunEvent, { kind: 'spike' }>['rows'] = [];
  for (const { place, loss } of places) {
    const exampleId = await names.files.rowAt(place);
    if (exampleId === undefined) continue;
    const { context } = names.datasets.example(names.plan.datasetId, exampleId);
    rows.push({ exampleId, asked: context.trim().split('\n').at(-1)?.slice(0, 200) ?? '', loss });
  }
  return rows;
}

type StepEvent = Extract<TrainEvent, { kind: 'step' }>;
type Diverged = { readonly kind: 'diverged'; readonly error: StudioError<'RUN_DIVERGED'> };

/** A divergence as an event, so that its rows can be told of before the run fails. */
async function* tellingRows(events: AsyncIterable<TrainEvent>): AsyncGenerator<TrainEvent | Diverged> {
  try {
    yield* events;
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'RUN_DIVERGED') throw error;
    // Sound: the code decides the type of the data.
    yield { kind: 'diverged', error: error as StudioError<'RUN_DIVERGED'> };
  }
}

/** Copies the trained adapter to a place of its own. Where this run left an adapter at an earlier stop, that one has the new content from now on. */
async function keepAdapter(
  about: { run: Run; plan: RunPlan; base: BaseModel; result: RunResult; outputFolder: string },
  parts: TrainingParts,
): Promise<void> {
  const { run, plan, base, result, outputFolder } = about;
  const { adapters, engine } = parts;
  const { baseValidationLoss, bestValidationLoss } = result;
  const now = parts.now();
  const earlier = adapters.list().find((adapter) => adapter.id === run.adapterId);
  const id = earlier?.id ?? adapters.newId(now);
  const path = join(parts.adaptersFolder, earlier === undefined ? id : `${id}-${adapters.newId(now)}`);
  const origin: AdapterOrigin = {
    ...{ task: plan.task, baseSha256: plan.baseSha256, baseName: base.name, datasetSha256: plan.datasetSha256 },
    ...{ baseValidationLoss, bestValidationLoss },
  };
  await copyAdapter(outputFolder, path, origin);
  try {
    const facts = await engine.inspectAdapter({ modelFolder: base.path, adapterFolder: path });
    parts.runs.finish(run.id, {
      result,
      adapterId: id,
      keep: () => {
        const content = { path, bytes: facts.bytes, sha256: facts.sha256, baseValidationLoss, bestValidationLoss };
        if (earlier !== undefined) return adapters.replace(id, content);
        adapters.insert({
          ...{ id, name: adapters.freeName(run.name), task: plan.task, createdAt: now },
          ...{ baseModelId: base.id, baseSha256: plan.baseSha256, datasetId: plan.datasetId, runId: run.id },
          ...{ rank: facts.rank, alpha: facts.alpha, targets: [...facts.targets], parameters: facts.parameters },
          ...content,
        });
      },
    });
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
  if (earlier !== undefined) await rm(earlier.path, { recursive: true, force: true });
  parts.adapterAdded();
}

/** Steps over which speed and time left are averaged. */
const recentSteps = 20;

/** The run's row is brought up to date this often; its events say the rest. */
const progressMs = 500;

/** Keeps count of a run while it trains. */
class Progress {
  readonly #runId: string;
  readonly #runs: RunStore;
  readonly #recent: { tokens: number; seconds: number }[] = [];
  #totalSteps = 0;
  #step = 0;
  #lastLoss: number | null = null;
  #tokens = 0;
  #targetTokens = 0;
  #seconds = 0;
  #stored = 0;
  #told = performance.now();
  #passedMs = 0;
  #stepsHere = 0;

  constructor(runId: string, runs: RunStore) {
    this.#runId = runId;
    this.#runs = runs;
  }

  /** Picks up where the engine does; false when this run has told its beginning before. */
  begin(started: { step: number; totalSteps: number }, parts: TrainingParts): boolean {
    this.#totalSteps = started.totalSteps;
    this.#step = started.step;
    // From step 0 the base is measured again; later, what the checkpoint's step has told stands.
    parts.rewind(
      this.#runId,
      (event) => event.kind === 'finished' || ('step' in event && (started.step === 0 || event.step > started.step)),
    );
    if (started.step > 0) {
      const totals = this.#runs.totals(this.#runId);
      this.#tokens = totals?.tokens ?? 0;
      this.#targetTokens = totals?.targetTokens ?? 0;
      this.#seconds = totals?.seconds ?? 0;
    }
    this.#store();
    for (const event of parts.told(this.#runId)) if (event.kind === 'started') return false;
    return true;
  }

  /** Time that was no training, as a validation takes it: it counts in what is left, not in the speed. */
  pass(): void {
    const now = performance.now();
    this.#passedMs += now - this.#told;
    this.#told = now;
  }

  step(event: Extract<TrainEvent, { kind: 'step' }>): RunEvent {
    this.#told = performance.now();
    this.#stepsHere++;
    const { step, loss, learningRate, gradientNorm, tokens, targetTokens, seconds, rssBytes } = event;
    this.#step = step;
    this.#lastLoss = loss;
    this.#tokens += tokens;
    this.#targetTokens += targetTokens;
    this.#seconds += seconds;
    this.#recent.push({ tokens, seconds });
    if (this.#recent.length > recentSteps) this.#recent.shift();
    if (performance.now() - this.#stored > progressMs) this.#store();
    const spent = this.#recent.reduce((sum, each) => sum + each.seconds, 0);
    const read = this.#recent.reduce((sum, each) => sum + each.tokens, 0);
    return {
      ...{ kind: 'step', step, loss, learningRate, gradientNorm, rssBytes },
      tokensPerSecond: spent > 0 ? read / spent : 0,
      secondsLeft:
        (spent / this.#recent.length + this.#passedMs / 1000 / this.#stepsHere) * Math.max(0, this.#totalSteps - step),
    };
  }

  /** Stores what has been counted, for a run that goes on from this step. */
  keep(): void {
    this.#store();
    this.#runs.updateTotals(this.#runId, {
      tokens: this.#tokens,
      targetTokens: this.#targetTokens,
      seconds: this.#seconds,
    });
  }

  summary(told: Iterable<RunEvent>) {
    const losses: number[] = [];
    for (const event of told) if (event.kind === 'step') losses.push(event.loss);
    return { losses, tokens: this.#tokens, targetTokens: this.#targetTokens, seconds: this.#seconds };
  }

  #store(): void {
    this.#stored = performance.now();
    const [step, totalSteps, lastLoss] = [this.#step, this.#totalSteps, this.#lastLoss];
    this.#runs.updateProgress(this.#runId, { step, totalSteps, lastLoss });
  }
}
