import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../src-contract/errors.ts';
import { adaptationKey } from './adaptation.ts';
import type { AdapterCache } from './adapter-cache.ts';
import type { Executable } from './backends/backend.ts';
import type { BatchRow } from './batch-row.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { TrainEvent, TrainJob } from './engine.ts';
import { generateTokens } from './generate.ts';
import type { LoadedModel } from './loaded-model.ts';
import { cutMicroBatches, type MicroBatch } from './micro-batches.ts';
import { logProbabilities, scoreGraph, trainGraph } from './model-graph.ts';
import { adamwUpdate, clipScale, globalNorm, type Moments } from './optimiser/adamw.ts';
import { learningRateAt } from './optimiser/schedule.ts';
import { packingFor } from './packing.ts';
import { RowLosses } from './row-losses.ts';
import { RowOrder } from './row-order.ts';
import { elements, type Tensor } from './tensor.ts';
import { readTokenFile, type TokenRows } from './token-file.ts';
import { checkTokenIds } from './token-ids.ts';
import { type Trainable, trainableOf } from './trainable.ts';

/** Validation reads at most so many rows, the first ones, so that it stays a small part of a run. */
const validationRowLimit = 200;
/** Where a job names no interval, a checkpoint is due after so long. */
const checkpointMs = 15_000;

/**
 * Trains an adapter, or every weight, on the target tokens of a token file. The loss of a step is the mean over the
 * target tokens of its whole batch: micro-batches add up sums, and are divided once.
 * Same job, same threads, same machine: the same numbers, also when stopped and resumed.
 * Throws RUN_DIVERGED, DATASET_TOO_SMALL, RUN_NOT_RESUMABLE, CONTEXT_TOO_LONG, MODEL_FILE_INVALID, DISK_FULL.
 */
export async function* trainModel(
  model: LoadedModel,
  job: TrainJob,
  adapters: AdapterCache,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent> {
  const rows = await readTokenFile(job.trainFile);
  if (rows.count === 0) throw new StudioError('DATASET_TOO_SMALL', { dataset: job.trainFile, rows: 0 });
  const validation = job.validationFile === null ? undefined : await readTokenFile(job.validationFile);
  for (const file of [rows, validation]) {
    for (let row = 0; file && row < file.count; row++) checkTokenIds(file.ids(row), model.architecture);
  }
  const trainable = await trainableOf(model, job, adapters);
  const run = new TrainingRun(model, job, { rows, validation }, trainable);
  await run.prepare();

  yield run.started();
  while (!signal.aborted) {
    // First, because a run that was stopped on the way to a validation makes up for it when it goes on.
    const event = run.validationIsDue() ? await run.validate(signal) : await run.nextStep(signal);
    if (event === undefined) break;
    yield event;
    if (run.checkpointIsDue()) yield await run.keep();
    if (run.isFruitless) break;
  }
  if (run.isUnsaved) yield await run.keep();
  yield await run.finish();
}

class TrainingRun {
  readonly #model: LoadedModel;
  readonly #job: TrainJob;
  readonly #rows: TokenRows;
  readonly #trainable: Trainable;
  readonly #moments: Map<string, Moments>;
  readonly #settings: string;
  readonly #data: string;
  readonly totalSteps: number;
  readonly #validationRows: readonly BatchRow[];
  #trainGraph!: Executable;
  #scoreGraph!: Executable;
  #step = 0;
  #best: ReadonlyMap<string, Float32Array> | null = null;
  #bestLoss: number | null = null;
  #baseLoss: number | null = null;
  #fruitless = 0;
  #peakRss = 0;
  /** The step at which the validation rows were last measured. */
  #validatedStep: number | null = null;
  #lastCheckpoint: { step: number; at: number } = { step: 0, at: performance.now() };
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
    this.#trainable = trainable;
    const zeros = ({ dims }: Tensor) => ({
      first: new Float32Array(elements(dims)),
      second: new Float32Array(elements(dims)),
    });
    this.#moments = new Map([...trainable.tensors].map(([name, tensor]) => [name, zeros(tensor)]));
    const stepsByEpochs = Math.ceil((job.epochs * rows.count) / job.batchSize);
    this.totalSteps = Math.max(1, Math.min(stepsByEpochs, job.maxSteps ?? Number.POSITIVE_INFINITY));
    const { modelFolder, trainFile, validationFile, outputFolder, checkpointFolder, samples, ...settings } = job;
    this.#settings = JSON.stringify({ ...settings, rows: rows.count });
    const validationCount = Math.min(validation?.count ?? 0, validationRowLimit);
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
    this.#data = `${rows.sha256} ${validation?.sha256 ?? '-'}`;
  }

  get step(): number {
    return this.#step;
  }

  /** Whether the job's patience is at an end. */
  get isFruitless(): boolean {
    const { patience } = this.#job;
    return patience != null && this.#fruitless >= patience && !this.validationIsDue();
  }

  /** Whether there is something that no checkpoint holds. */
  get isUnsaved(): boolean {
    return this.#step > this.#lastCheckpoint.step;
  }

  /** Compiles the graphs and picks up a checkpoint where there is one. */
  async prepare(): Promise<void> {
    const { adaptation, tensors } = this.#trainable;
    const { architecture, precision } = this.#model;
    const key = adaptationKey(adaptation);
    const { labelSmoothing = 0 } = this.#job;
    this.#trainGraph = await this.#model.executable(`train:${key}:${labelSmoothing}`, () =>
      trainGraph(architecture, adaptation, { precision, labelSmoothing }),
    );
    if (this.#validationRows.length > 0) {
      this.#scoreGraph = await this.#model.executable(`validate:${key}`, () =>
        scoreGraph(architecture, adaptation?.kind === 'lora' ? { ...adaptation, dropout: false } : adaptation, {
          precision,
        }),
      );
    }
    const sizes = new Map([...tensors].map(([name, { dims }]) => [name, elements(dims)]));
    const { checkpointFolder } = this.#job;
    const checkpoint = await readCheckpoint(checkpointFolder, { settings: this.#settings, data: this.#data, sizes });
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
  }

  started(): TrainEvent {
    const { parameters } = this.#model.architecture;
    const sum = (dims: Iterable<readonly number[]>) => [...dims].reduce((total, each) => total + elements(each), 0);
    const trainableParameters = sum([...this.#trainable.tensors.values()].map((tensor) => tensor.dims));
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
    };
  }

  /** One optimiser step, or undefined when there is none left or when aborted on the way: what was added up so far is dropped. */
  async nextStep(signal: AbortSignal): Promise<TrainEvent | undefined> {
    if (this.#step >= this.totalSteps || this.isFruitless) return undefined;
    const begun = performance.now();
    const step = this.#step + 1;
    const places = this.#placesOf(step);
    const batches = cutMicroBatches(rowsAt(this.#rows, places), packingFor(this.#model.architecture));
    const targetTokens = batches.reduce((sum, batch) => sum + batch.targetTokens, 0);
    const rowLosses = new RowLosses(places);
    const total = await this.#addUp(batches, { step, targetTokens, rowLosses }, signal);
    if (total === undefined) return undefined;
    const norm = globalNorm(total.gradients.values());
    if (!Number.isFinite(total.loss) || !Number.isFinite(norm)) {
      throw new StudioError('RUN_DIVERGED', { step, rows: rowLosses.undefinedRows().join(', ') });
    }
    const learningRate = this.#learningRate(step);
    this.#update(total.gradients, { learningRate, step, gradientScale: clipScale(norm, this.#job.gradientClip) });
    this.#step = step;
    const rssBytes = this.#sampleMemory();
    return {
      kind: 'step',
      step,
      loss: total.loss,
      learningRate,
      gradientNorm: norm,
      tokens: batches.reduce((sum, batch) => sum + batch.tokens, 0),
      targetTokens,
      seconds: (performance.now() - begun) / 1000,
      rssBytes,
      worst: rowLosses.worst(),
    };
  }

  /** Before the first step, at the interval, and after the last step; once each. */
  validationIsDue(): boolean {
    if (this.#validationRows.length === 0 || this.#validatedStep === this.#step) return false;
    const every = this.#job.validationEvery ?? Math.max(1, Math.ceil(this.totalSteps / 10));
    return this.#step % every === 0 || this.#step === this.totalSteps;
  }

  /**
   * Mean loss over the validation rows, and what is written after the sample prompts; at step 0 both are the base model's. Keeps the weights when they are the best so far.
   * Undefined when aborted on the way: a measurement that was cut short is none.
   */
  async validate(signal: AbortSignal): Promise<TrainEvent | undefined> {
    let loss = 0;
    let tokens = 0;
    for (const batch of cutMicroBatches(this.#validationRows, packingFor(this.#model.architecture))) {
      await setImmediate();
      if (signal.aborted) return undefined;
      const result = await this.#scoreGraph.run(this.#feeds(batch, null));
      loss -= sumOf((result[logProbabilities] as Tensor<'float32'>).data);
      tokens += batch.targetTokens;
    }
    loss /= tokens;
    const answers = await this.#writeSamples(signal);
    if (signal.aborted) return undefined;
    const step = this.#step;
    this.#validatedStep = step;
    if (step === 0) this.#baseLoss = loss;
    const best = step > 0 && Number.isFinite(loss) && (this.#bestLoss === null || loss < this.#bestLoss);
    if (best) {
      this.#bestLoss = loss;
      this.#best = this.#copyOfWeights();
    }
    this.#fruitless = best || step === 0 ? 0 : this.#fruitless + 1;
    return { kind: 'validation', step, loss, best, answers };
  }

  /** Greedy, so that the same weights write the same. */
  async #writeSamples(signal: AbortSignal): Promise<number[][]> {
    const { samples, modelFolder } = this.#job;
    const answers: number[][] = [];
    for (const promptIds of samples?.prompts ?? []) {
      const job = { modelFolder, promptIds, adapter: null, temperature: 0, topK: 0, topP: 1, seed: 0 };
      const limits = { maxTokens: samples?.maxTokens ?? 0, stopIds: samples?.stopIds ?? [] };
      const ids: number[] = [];
      const live = async () => this.#trainable.live;
      for await (const event of generateTokens(this.#model, live, { ...job, ...limits }, signal)) {
        if (event.kind === 'token') ids.push(event.id);
      }
      answers.push(ids);
    }
    return answers;
  }

  /** Not before a step's validation, so that the checkpoint holds its outcome too. */
  checkpointIsDue(): boolean {
    if (!this.isUnsaved || this.validationIsDue()) return false;
    const every = this.#job.checkpointEvery;
    return every === null ? performance.now() - this.#lastCheckpoint.at > checkpointMs : this.#step % every === 0;
  }

  async keep(): Promise<TrainEvent> {
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
      },
      weights: new Map([...this.#trainable.tensors].map(([name, { data }]) => [name, data])),
      moments: this.#moments,
      best: this.#best,
    };
    await writeCheckpoint(this.#job.checkpointFolder, checkpoint);
    this.#lastCheckpoint = { step: this.#step, at: performance.now() };
    return { kind: 'checkpoint', step: this.#step };
  }

  /** Writes the best weights so far, or the last where nothing was measured. A run stopped before its first step leaves nothing. */
  async finish(): Promise<TrainEvent> {
    if (this.#step > 0) await this.#trainable.write(this.#best ?? this.#copyOfWeights());
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

  async #addUp(
    batches: readonly MicroBatch[],
    { step, targetTokens, rowLosses }: { step: number; targetTokens: number; rowLosses: RowLosses },
    signal: AbortSignal,
  ) {
    const gradients = new Map<string, Float32Array>();
    let logProbs = 0;
    for (const [i, batch] of batches.entries()) {
      // Between runs, messages get their turn: an abort, a chat.
      await setImmediate();
      if (signal.aborted) return undefined;
      const feeds = this.#feeds(batch, {
        seed: this.#job.seed,
        step,
        microBatch: i,
        positions: batch.sequences * batch.length,
      });
      feeds.set('cotangent', {
        type: 'float32',
        dims: [batch.targetTokens],
        data: new Float32Array(batch.targetTokens).fill(-1 / targetTokens),
      });
      const result = await this.#trainGraph.run(feeds);
      const values = (result[logProbabilities] as Tensor<'float32'>).data;
      logProbs += sumOf(values);
      rowLosses.add(batch.targetRows, values);
      for (const name of this.#trainable.tensors.keys()) {
        const part = (result[name] as Tensor<'float32'>).data;
        const sum = gradients.get(name);
        if (sum === undefined) gradients.set(name, part);
        else for (let k = 0; k < sum.length; k++) sum[k] = (sum[k] as number) + (part[k] as number);
      }
    }
    return { gradients, loss: -logProbs / targetTokens };
  }

  #update(
    gradients: ReadonlyMap<string, Float32Array>,
    { learningRate, step, gradientScale }: { learningRate: number; step: number; gradientScale: number },
  ): void {
    for (const [name, { data }] of this.#trainable.tensors) {
      const weightDecay = this.#trainable.decays(name) ? this.#job.weightDecay : 0;
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

  #feeds(batch: MicroBatch, place: Parameters<Trainable['feeds']>[0]): Map<string, Tensor> {
    return new Map<string, Tensor>([
      ...this.#model.feeds,
      ...this.#trainable.tensors,
      ...this.#trainable.feeds(place),
      ...batch.feeds(),
    ]);
  }

  #copyOfWeights(): Map<string, Float32Array> {
    return new Map([...this.#trainable.tensors].map(([name, { data }]) => [name, data.slice()]));
  }

  #sampleMemory(): number {
    const rss = process.memoryUsage.rss();
    this.#peakRss = Math.max(this.#peakRss, rss);
    return rss;
  }
}

function rowsAt(rows: TokenRows, places: readonly number[]): BatchRow[] {
  return places.map((row) => ({ ids: rows.ids(row), targetStart: rows.targetStart(row) }));
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
