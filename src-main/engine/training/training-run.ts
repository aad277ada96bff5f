import { StudioError } from '../../../src-contract/errors.ts';
import { mostValidationRows, validationInterval } from '../../../src-contract/validation-interval.ts';
import type { AdapterCache } from '../adapters/adapter-cache.ts';
import { generateTokens } from '../answering/generate.ts';
import type { TrainEvent, TrainJob } from '../engine.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { adamwUpdate, clipScale, globalNorm, type Moments } from '../optimiser/adamw.ts';
import { learningRateAt } from '../optimiser/schedule.ts';
import { elements, type Tensor } from '../tensor.ts';
import { checkTokenIds } from '../token-ids.ts';
import type { BatchRow } from './batch-row.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { cutMicroBatches, type MicroBatch } from './micro-batches.ts';
import { packingFor } from './packing.ts';
import type { TrainingPart } from './passes.ts';
import { RowOrder } from './row-order.ts';
import { StepSums } from './step-sums.ts';
import { readTokenFile, type TokenRows } from './token-file.ts';
import { ToldEvents } from './told-events.ts';
import { type Trainable, trainableOf } from './trainable.ts';

/** Default interval between checkpoints where the job specifies none. */
const checkpointMs = 15_000;

/** One optimiser step: its micro-batches, and the accumulated sums of their results. */
export interface PlannedStep {
  readonly step: number;
  readonly parts: readonly TrainingPart[];
  readonly sums: StepSums;
}

/** The sums over the validation rows, and those of the bare base where it differs. */
export interface Measured {
  readonly sums: StepSums;
  readonly base?: { readonly trainable: Trainable; readonly sums: StepSums } | undefined;
}

/** Opens a training at its start. Throws DATASET_TOO_SMALL, CONTEXT_TOO_LONG, MODEL_FILE_INVALID. */
export async function openRun(model: LoadedModel, job: TrainJob, adapters: AdapterCache): Promise<TrainingRun> {
  const rows = await readTokenFile(job.trainFile);
  if (rows.count === 0) throw new StudioError('DATASET_TOO_SMALL', { dataset: job.trainFile, rows: 0 });
  const validation = job.validationFile === null ? undefined : await readTokenFile(job.validationFile);
  for (const file of [rows, validation]) {
    for (let row = 0; file && row < file.count; row++) checkTokenIds(file.ids(row), model.architecture);
  }
  return new TrainingRun(model, job, { rows, validation }, await trainableOf(model, job, adapters));
}

/**
 * The state of a training: which rows come next, the optimiser, the best weights so far, checkpoints. It runs no passes
 * itself: `train.ts` drives it alone, `train-together.ts` with others.
 */
export class TrainingRun {
  readonly #model: LoadedModel;
  readonly #job: TrainJob;
  readonly #rows: TokenRows;
  readonly trainable: Trainable;
  readonly #moments: Map<string, Moments>;
  readonly #settings: string;
  readonly #data: string;
  readonly #validationSha256: string | null;
  readonly totalSteps: number;
  readonly #validationRows: readonly BatchRow[];
  #step = 0;
  #best: ReadonlyMap<string, Float32Array> | null = null;
  #bestLoss: number | null = null;
  #baseLoss: number | null = null;
  #fruitless = 0;
  #peakRss = 0;
  /** The step at which the validation rows were last measured. */
  #validatedStep: number | null = null;
  #lastCheckpoint: { step: number; at: number } = { step: 0, at: performance.now() };
  readonly #told = new ToldEvents();
  readonly #rowOrder: RowOrder;
  #order: { epoch: number; rows: Int32Array } = { epoch: -1, rows: new Int32Array() };

  constructor(
    model: LoadedModel,
    job: TrainJob,
    { rows, validation }: { rows: TokenRows; validation: TokenRows | undefined },
    trainable: Trainable,
  ) {
    this.#model = model;
    this.#job = job;
    this.#rows = rows;
    this.trainable = trainable;
    const zeros = ({ dims }: Tensor) => ({
      first: new Float32Array(elements(dims)),
      second: new Float32Array(elements(dims)),
    });
    this.#moments = new Map([...trainable.tensors].map(([name, tensor]) => [name, zeros(tensor)]));
    const stepsByEpochs = Math.ceil((job.epochs * rows.count) / job.batchSize);
    this.totalSteps = Math.max(1, Math.min(stepsByEpochs, job.maxSteps ?? Number.POSITIVE_INFINITY));
    const { modelFolder, trainFile, validationFile, outputFolder, checkpointFolder, samples, ...settings } = job;
    this.#settings = JSON.stringify({ ...settings, method: placeless(job.method), rows: rows.count });
    const validationCount = Math.min(validation?.count ?? 0, mostValidationRows);
    this.#validationRows = validation
      ? rowsAt(
          validation,
          Array.from({ length: validationCount }, (_, i) => i),
        )
      : [];
    const allRows = rowsAt(
      rows,
      Array.from({ length: rows.count }, (_, i) => i),
    );
    this.#rowOrder = new RowOrder(allRows, { batchSize: job.batchSize, seed: job.shuffle ? job.seed : null });
    this.#validationSha256 = validation?.sha256 ?? null;
    this.#data = `${rows.sha256} ${validation?.sha256 ?? '-'}`;
  }

  /** Optimiser steps done. */
  get step(): number {
    return this.#step;
  }

  /** Whether the job's patience has run out. */
  get isFruitless(): boolean {
    const { patience } = this.#job;
    return patience != null && this.#fruitless >= patience && !this.validationIsDue();
  }

  /** Whether there is progress that no checkpoint holds. */
  get isUnsaved(): boolean {
    return this.#step > this.#lastCheckpoint.step;
  }

  /** Restores a checkpoint, or the one before it, if there is one. Throws RUN_NOT_RESUMABLE. */
  async resume({ isPrevious = false }: { isPrevious?: boolean } = {}): Promise<void> {
    const { tensors } = this.trainable;
    const sizes = new Map([...tensors].map(([name, { dims }]) => [name, elements(dims)]));
    const { checkpointFolder } = this.#job;
    const expected = { settings: this.#settings, data: this.#data, sizes };
    const checkpoint = await readCheckpoint(checkpointFolder, expected, { isPrevious });
    if (checkpoint === undefined) return;
    for (const [name, { data }] of tensors) data.set(checkpoint.weights.get(name) as Float32Array);
    for (const [name, { first, second }] of this.#moments) {
      first.set(checkpoint.moments.get(name)?.first as Float32Array);
      second.set(checkpoint.moments.get(name)?.second as Float32Array);
    }
    this.#step = checkpoint.progress.step;
    this.#lastCheckpoint = { step: this.#step, at: performance.now() };
    this.#validatedStep = checkpoint.progress.validatedStep;
    this.#best = checkpoint.best;
    this.#bestLoss = checkpoint.progress.bestValidationLoss;
    this.#baseLoss = checkpoint.progress.baseValidationLoss;
    this.#fruitless = checkpoint.progress.fruitless;
    this.#peakRss = checkpoint.progress.peakRssBytes;
    for (const event of checkpoint.progress.told) this.#tell(event);
    this.#tell({ kind: 'checkpoint', step: this.#step });
  }

  started(): TrainEvent {
    const { parameters } = this.#model.architecture;
    const sum = (dims: Iterable<readonly number[]>) => [...dims].reduce((total, each) => total + elements(each), 0);
    const trainableParameters = sum([...this.trainable.tensors.values()].map((tensor) => tensor.dims));
    return {
      kind: 'started',
      totalSteps: this.totalSteps,
      step: this.#step,
      trainRows: this.#rows.count,
      validationRows: this.#validationRows.length,
      trainableParameters,
      totalParameters: sum(parameters.values()),
      backend: this.#model.backend.name,
      device: this.#model.backend.device,
      precision: this.#model.precision,
      ...(this.#told.count > 0 && { told: this.#told.newest() }),
    };
  }

  #tell<Event extends TrainEvent>(event: Event): Event {
    this.#told.add(event, performance.now());
    return event;
  }

  /** Whether its last step and its last validation are done. */
  get isDone(): boolean {
    return !this.validationIsDue() && (this.#step >= this.totalSteps || this.isFruitless);
  }

  /** Whether A is to be turned by the first gradients before the first step. */
  get startsByGradient(): boolean {
    const { method } = this.#job;
    return this.#step === 0 && method.kind === 'lora' && method.initialisation === 'gradient' && !method.initFolder;
  }

  get seed(): number {
    return this.#job.seed;
  }

  /** Plans the next optimiser step, or one so many steps later. */
  planStep(later = 0): PlannedStep {
    const step = this.#step + 1 + later;
    const places = this.#placesOf(step);
    const batches = cutMicroBatches(rowsAt(this.#rows, places), packingFor(this.#model.architecture));
    const targetTokens = batches.reduce((sum, batch) => sum + batch.targetTokens, 0);
    const { seed } = this.#job;
    const parts = batches.map(
      (batch, microBatch): TrainingPart => ({
        ...{ trainable: this.trainable, batch, cotangent: -1 / targetTokens },
        place: { seed, step, microBatch },
      }),
    );
    return { step, parts, sums: new StepSums(places) };
  }

  /** Updates the weights with a step's accumulated gradients and reports it. Throws RUN_DIVERGED. */
  stepped({ step, parts, sums }: PlannedStep, time: { seconds: number; together?: number }): TrainEvent {
    const { loss, gradients, targetTokens } = sums;
    const norm = globalNorm(gradients.values());
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      throw divergence({ step, split: 'train', sums });
    }
    const learningRate = this.#learningRate(step);
    this.#update(gradients, { learningRate, step, gradientScale: clipScale(norm, this.#job.gradientClip) });
    this.#step = step;
    return this.#tell({
      ...{ kind: 'step', step, loss, learningRate, gradientNorm: norm, targetTokens, ...time },
      tokens: parts.reduce((sum, { batch }) => sum + batch.tokens, 0),
      rssBytes: this.#sampleMemory(),
      worst: sums.rowLosses.worst(),
    });
  }

  /** Before the first step, at the interval, and after the last step; once each. */
  validationIsDue(): boolean {
    if (this.#validationRows.length === 0 || this.#validatedStep === this.#step) return false;
    const { validationEvery, batchSize } = this.#job;
    const validationRows = this.#validationRows.length;
    const every = validationInterval({ validationEvery, batchSize, validationRows, totalSteps: this.totalSteps });
    return this.#step % every === 0 || this.#step === this.totalSteps;
  }

  /** Whether it has validation rows. */
  get validates(): boolean {
    return this.#validationRows.length > 0;
  }

  /** Equal for trainings with the same validation rows; null without any. */
  get validationSha256(): string | null {
    return this.#validationSha256;
  }

  validationBatches(): MicroBatch[] {
    return cutMicroBatches(this.#validationRows, packingFor(this.#model.architecture));
  }

  /** An empty accumulator for a validation. */
  validationSums(): StepSums {
    return new StepSums(this.#validationRows.map((_, place) => place));
  }

  /**
   * Records a validation, generates answers to the sample prompts, and keeps the weights if they are the best so far.
   * At step 0 the measurement is the base model's; where training starts from an adapter, the base was measured
   * separately. Undefined when aborted midway. Throws RUN_DIVERGED.
   */
  async validated(measured: Measured, signal: AbortSignal): Promise<TrainEvent | undefined> {
    for (const sums of [measured.base?.sums, measured.sums]) {
      if (sums && !Number.isFinite(sums.loss)) throw divergence({ step: this.#step, split: 'validation', sums });
    }
    const base = measured.base && {
      loss: measured.base.sums.loss,
      answers: await this.#writeSamples(measured.base.trainable, signal),
    };
    const answers = await this.#writeSamples(this.trainable, signal);
    if (signal.aborted) return undefined;
    return this.#tell({ ...this.#takeDown(measured.sums.loss, base?.loss), answers, ...(base && { base }) });
  }

  #takeDown(loss: number, baseLoss = loss): { kind: 'validation'; step: number; loss: number; best: boolean } {
    const step = this.#step;
    this.#validatedStep = step;
    if (step === 0) this.#baseLoss = baseLoss;
    const best = step > 0 && (this.#bestLoss === null || loss < this.#bestLoss);
    if (best) {
      this.#bestLoss = loss;
      this.#best = this.#copyOfWeights();
    }
    this.#fruitless = best || step === 0 ? 0 : this.#fruitless + 1;
    return { kind: 'validation', step, loss, best };
  }

  /** Answers to the sample prompts, decoded greedily so that the same weights give the same text. */
  async #writeSamples({ live: weights }: Trainable, signal: AbortSignal): Promise<number[][]> {
    const { samples, modelFolder } = this.#job;
    const answers: number[][] = [];
    for (const promptIds of samples?.prompts ?? []) {
      const job = { modelFolder, promptIds, adapter: null, temperature: 0, topK: 0, topP: 1, seed: 0 };
      const limits = { maxTokens: samples?.maxTokens ?? 0, stopIds: samples?.stopIds ?? [] };
      const ids: number[] = [];
      const live = async () => weights;
      for await (const event of generateTokens(this.#model, live, { ...job, ...limits }, signal)) {
        if (event.kind === 'token') ids.push(event.id);
      }
      answers.push(ids);
    }
    return answers;
  }

  /** Never before a pending validation, so that the checkpoint holds its result too. */
  checkpointIsDue(): boolean {
    if (!this.isUnsaved || this.validationIsDue()) return false;
    const every = this.#job.checkpointEvery;
    return every === null ? performance.now() - this.#lastCheckpoint.at > checkpointMs : this.#step % every === 0;
  }

  /** Writes a checkpoint; with `keepsPrevious` the one before is kept as well. */
  async keep(options: { keepsPrevious?: boolean } = {}): Promise<TrainEvent> {
    const checkpoint: Checkpoint = {
      progress: {
        step: this.#step,
        validatedStep: this.#validatedStep,
        fruitless: this.#fruitless,
        baseValidationLoss: this.#baseLoss,
        bestValidationLoss: this.#bestLoss,
        peakRssBytes: this.#peakRss,
        settings: this.#settings,
        data: this.#data,
        told: this.#told.newest(),
      },
      weights: new Map([...this.trainable.tensors].map(([name, { data }]) => [name, data])),
      moments: this.#moments,
      best: this.#best,
    };
    await writeCheckpoint(this.#job.checkpointFolder, checkpoint, options);
    this.#lastCheckpoint = { step: this.#step, at: performance.now() };
    this.#told.forgetHeard(performance.now());
    return this.#tell({ kind: 'checkpoint', step: this.#step });
  }

  /** Writes the best weights so far, or the last if nothing was measured; nothing if stopped before the first step. */
  async finish(): Promise<TrainEvent> {
    if (this.#step > 0) await this.trainable.write(this.#best ?? this.#copyOfWeights());
    const early = this.#step < this.totalSteps && this.isFruitless;
    return {
      kind: 'finished',
      stopped: (this.#step < this.totalSteps && !early) || this.validationIsDue(),
      early,
      step: this.#step,
      bestValidationLoss: this.#bestLoss,
      baseValidationLoss: this.#baseLoss,
      peakRssBytes: this.#peakRss,
    };
  }

  #update(
    gradients: ReadonlyMap<string, Float32Array>,
    { learningRate, step, gradientScale }: { learningRate: number; step: number; gradientScale: number },
  ): void {
    for (const [name, { data }] of this.trainable.tensors) {
      const weightDecay = this.trainable.decays(name) ? this.#job.weightDecay : 0;
      adamwUpdate(data, gradients.get(name) as Float32Array, this.#moments.get(name) as Moments, {
        learningRate,
        weightDecay,
        step,
        gradientScale,
      });
    }
  }

  #learningRate(step: number): number {
    const { schedule: kind, learningRate: peak, warmupSteps } = this.#job;
    return learningRateAt(step, { kind, peak, warmupSteps, totalSteps: this.totalSteps });
  }

  /** The rows of an optimiser step (from 1): epoch after epoch, each in its own order; a batch may span two epochs. */
  #placesOf(step: number): number[] {
    const { batchSize } = this.#job;
    const first = (step - 1) * batchSize;
    const last = Math.min(step * batchSize, Math.ceil(this.#job.epochs * this.#rows.count));
    return Array.from({ length: Math.max(1, last - first) }, (_, i) => {
      const epoch = Math.floor((first + i) / this.#rows.count);
      if (this.#order.epoch !== epoch) this.#order = { epoch, rows: this.#rowOrder.of(epoch) };
      return this.#order.rows[(first + i) % this.#rows.count] as number;
    });
  }

  #copyOfWeights(): Map<string, Float32Array> {
    return new Map([...this.trainable.tensors].map(([name, { data }]) => [name, data.slice()]));
  }

  #sampleMemory(): number {
    const rss = process.memoryUsage.rss();
    this.#peakRss = Math.max(this.#peakRss, rss);
    return rss;
  }
}

/** A method without the path of its initial adapter: on resume, the checkpoint holds those weights. */
function placeless(method: TrainJob['method']) {
  return method.kind === 'lora' ? { ...method, initFolder: method.initFolder === null ? null : 'an adapter' } : method;
}

function divergence({ step, split, sums }: { step: number; split: 'train' | 'validation'; sums: StepSums }) {
  return new StudioError('RUN_DIVERGED', { step, split, rows: sums.rowLosses.undefinedRows().join(', ') });
}

function rowsAt(rows: TokenRows, places: readonly number[]): BatchRow[] {
  return places.map((row) => ({ ids: rows.ids(row), targetStart: rows.targetStart(row) }));
}
