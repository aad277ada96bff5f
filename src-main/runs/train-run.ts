import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Run, RunEvent, RunResult } from '../../src-contract/run.ts';
import { type AdapterOrigin, copyAdapter } from '../adapters/adapter-files.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import type { ModelTexts } from '../base-models/model-text.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { Engine, TrainEvent, TrainJob } from '../engine/engine.ts';
import type { RunPlan, RunStore } from './run-store.ts';
import { writeRunTokens } from './token-files.ts';

export interface TrainingParts {
  readonly runs: RunStore;
  readonly adapters: AdapterStore;
  readonly datasets: DatasetStore;
  readonly engine: Engine;
  readonly modelTexts: ModelTexts;
  readonly hashBase: (base: BaseModel) => Promise<string>;
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
 * of what was learnt, if a step was done. `isClosing` says that an abort is no wish of a person's: then nothing is made of
 * it, and the run can go on later.
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
  readonly isClosing: () => boolean;
}

async function* trainToTheEnd(
  about: Training,
  parts: TrainingParts,
  { signal, isClosing }: Stop,
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
  const files = await writeRunTokens(
    {
      ...{ folder, datasetId: plan.datasetId, datasetVersion: plan.datasetVersion, maxLength: run.options.maxLength },
      datasetName: dataset?.name ?? plan.datasetId,
    },
    { datasets: parts.datasets, text: await parts.modelTexts.of(base) },
    signal,
  );
  const job = trainJob(run, { base, folder, files, adapters: parts.adapters });
  const progress = new Progress(run.id, runs);
  let end: Extract<TrainEvent, { kind: 'finished' }> | undefined;
  let place = { backend: '', device: '' };
  for await (const event of engine.train(job, signal)) {
    switch (event.kind) {
      case 'started': {
        const isNew = progress.begin(event, parts);
        place = event;
        if (isNew) {
          const { totalSteps, trainRows, validationRows, trainableParameters, totalParameters, device } = event;
          const { leftOut, cut } = files.facts;
          yield {
            kind: 'started',
            ...{ totalSteps, trainRows, validationRows, leftOut, cut, trainableParameters, totalParameters, device },
          };
        }
        break;
      }
      case 'step':
        yield progress.step(event);
        break;
      case 'checkpoint':
        progress.keep();
        yield event;
        break;
      case 'validation':
        yield event;
        break;
      case 'finished':
        end = event;
        break;
      default:
        event satisfies never;
    }
  }
  if (end === undefined || end.step === 0 || (signal.aborted && isClosing())) return;
  progress.keep();
  const baseSha256After = await parts.hashBase(base);
  const { losses, tokens, targetTokens, seconds } = progress.summary(parts.told(run.id));
  const { baseValidationLoss, bestValidationLoss } = end;
  const result: RunResult = {
    ...{ steps: end.step, tokens, targetTokens, seconds, tokensPerSecond: seconds > 0 ? tokens / seconds : 0 },
    ...{ peakRssBytes: end.peakRssBytes, firstLoss: losses[0] ?? 0, lastLoss: losses.at(-1) ?? 0, losses },
    ...{ baseValidationLoss, bestValidationLoss, backend: place.backend, device: place.device },
    ...{ baseSha256Before, baseSha256After },
  };
  await keepAdapter({ run, plan, base, result, outputFolder: job.outputFolder }, parts);
  // A stopped run keeps its checkpoint, and with it the way on.
  if (!end.stopped) await rm(folder, { recursive: true, force: true });
}

function trainJob(
  run: Run,
  parts: {
    base: BaseModel;
    folder: string;
    files: Pick<TrainJob, 'trainFile' | 'validationFile'>;
    adapters: AdapterStore;
  },
): TrainJob {
  const { options } = run;
  return {
    modelFolder: parts.base.path,
    trainFile: parts.files.trainFile,
    validationFile: parts.files.validationFile,
    method: {
      kind: 'lora',
      rank: options.rank,
      alpha: options.alpha,
      targets: options.targets,
      dropout: options.dropout,
      initialisation: options.initialisation,
      initFolder: options.initAdapterId === null ? null : parts.adapters.get(options.initAdapterId).path,
    },
    learningRate: options.learningRate,
    schedule: options.schedule,
    warmupSteps: options.warmupSteps,
    weightDecay: options.weightDecay,
    gradientClip: options.gradientClip,
    epochs: options.epochs,
    maxSteps: options.maxSteps,
    batchSize: options.batchSize,
    seed: options.seed,
    shuffle: options.shuffle,
    backend: options.backend,
    validationEvery: options.validationEvery,
    outputFolder: join(parts.folder, 'adapter'),
    checkpointFolder: join(parts.folder, 'checkpoint'),
    checkpointEvery: null,
  };
}

/** Copies the trained adapter to its own place and adds its row. An adapter that this run left at an earlier stop is replaced. */
async function keepAdapter(
  about: { run: Run; plan: RunPlan; base: BaseModel; result: RunResult; outputFolder: string },
  parts: TrainingParts,
): Promise<void> {
  const { run, plan, base, result, outputFolder } = about;
  const { adapters, engine } = parts;
  const { baseValidationLoss, bestValidationLoss } = result;
  const now = parts.now();
  const id = adapters.newId(now);
  const path = join(parts.adaptersFolder, id);
  const origin: AdapterOrigin = {
    ...{ task: plan.task, baseSha256: plan.baseSha256, baseName: base.name, datasetSha256: plan.datasetSha256 },
    ...{ baseValidationLoss, bestValidationLoss },
  };
  await copyAdapter(outputFolder, path, origin);
  try {
    const facts = await engine.inspectAdapter({ modelFolder: base.path, adapterFolder: path });
    const earlier =
      run.adapterId === null ? undefined : adapters.list().find((adapter) => adapter.id === run.adapterId);
    parts.runs.finish(run.id, {
      result,
      adapterId: id,
      keep: () => {
        if (earlier !== undefined) adapters.markDeleted(earlier.id, now);
        adapters.insert({
          ...{ id, name: adapters.freeName(earlier?.name ?? run.name), task: plan.task, path, createdAt: now },
          ...{ baseModelId: base.id, baseSha256: plan.baseSha256, datasetId: plan.datasetId, runId: run.id },
          ...{ rank: facts.rank, alpha: facts.alpha, targets: [...facts.targets], parameters: facts.parameters },
          ...{ bytes: facts.bytes, sha256: facts.sha256, baseValidationLoss, bestValidationLoss },
        });
      },
    });
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
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

  step(event: Extract<TrainEvent, { kind: 'step' }>): RunEvent {
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
      secondsLeft: (spent / this.#recent.length) * Math.max(0, this.#totalSteps - step),
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
