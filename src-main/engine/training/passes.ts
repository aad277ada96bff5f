import { type Adaptation, adaptationKey } from '../adapters/adaptation.ts';
import type { LoraWeights } from '../adapters/lora.ts';
import { rowAdapterFeeds, rowAdapterGradients, targetsOf } from '../adapters/row-adapters.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { logProbabilities, scoreGraph, type TrainGraphOptions, trainGraph } from '../model/model-graph.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { MicroBatch } from './micro-batches.ts';
import { stackBatches } from './stack-batches.ts';
import type { DropoutPlace, Trainable } from './trainable.ts';

/** A micro-batch of one training, on its way through the model. */
export interface PassPart {
  readonly trainable: Trainable;
  readonly batch: MicroBatch;
}

export interface TrainingPart extends PassPart {
  /** Minus one over the number of target tokens in its whole optimiser batch. */
  readonly cotangent: number;
  readonly place: Omit<DropoutPlace, 'positions'>;
}

/** What a training gets back from a pass. */
export interface Passed {
  /** Of each target token. */
  readonly logProbs: Float32Array;
  /** By the names of its own tensors. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

export type PassOptions = Pick<TrainGraphOptions, 'labelSmoothing' | 'gradientCheckpointing'>;

/**
 * Runs micro-batches of trainings through the model: a single one, or several, each with its own LoRA adapter, as rows
 * of one batch. Each gets back what it would get alone.
 */
export class Passes {
  readonly #model: LoadedModel;
  readonly #options: PassOptions;

  constructor(model: LoadedModel, options: PassOptions) {
    this.#model = model;
    this.#options = options;
  }

  /** Reads the weights and compiles the graphs for these trainings ahead of the first pass. */
  async prepare(trainables: readonly Trainable[], { scores }: { scores: boolean }): Promise<void> {
    const adaptation = this.#adaptationOf(trainables);
    await this.#model.feeds();
    await this.#trainGraph(adaptation);
    if (scores) await this.#scoreGraph(adaptation);
  }

  async train(parts: readonly TrainingPart[]): Promise<Passed[]> {
    const [first, ...others] = parts;
    if (first === undefined) return [];
    const executable = await this.#trainGraph(this.#adaptationOf(parts.map(({ trainable }) => trainable)));
    const cotangents = new Float32Array(parts.reduce((sum, { batch }) => sum + batch.targetTokens, 0));
    let next = 0;
    for (const { batch, cotangent } of parts) {
      cotangents.fill(cotangent, next, next + batch.targetTokens);
      next += batch.targetTokens;
    }
    const more = new Map<string, Tensor>([['cotangent', float32([cotangents.length], cotangents)]]);
    if (others.length > 0) {
      const results = await executable.run(new Map([...(await this.#feedsOf(parts)), ...more]));
      const logProbs = logProbsOf(parts, results);
      return parts.map(({ trainable }, i) => ({
        logProbs: logProbs[i] as Float32Array,
        gradients: rowAdapterGradients(loraOf(trainable), i, results),
      }));
    }
    const { trainable, batch, place } = first;
    const positions = batch.sequences * batch.length;
    const feeds = await this.#feedsAlone(first, { ...place, positions });
    const results = await executable.run(new Map([...feeds, ...more]));
    const names = [...trainable.tensors.keys()];
    const gradients = new Map(names.map((name) => [name, (results[name] as Tensor<'float32'>).data]));
    return [{ logProbs: (results[logProbabilities] as Tensor<'float32'>).data, gradients }];
  }

  /** The log-probabilities of each one's target tokens, without dropout. */
  async score(parts: readonly PassPart[]): Promise<Float32Array[]> {
    const [first, ...others] = parts;
    if (first === undefined) return [];
    const executable = await this.#scoreGraph(this.#adaptationOf(parts.map(({ trainable }) => trainable)));
    return logProbsOf(
      parts,
      await executable.run(await (others.length > 0 ? this.#feedsOf(parts) : this.#feedsAlone(first, null))),
    );
  }

  async #feedsAlone({ trainable, batch }: PassPart, place: DropoutPlace | null): Promise<Map<string, Tensor>> {
    return new Map<string, Tensor>([
      ...(await this.#model.feeds()),
      ...trainable.tensors,
      ...trainable.feeds(place),
      ...batch.feeds(),
    ]);
  }

  async #feedsOf(parts: readonly PassPart[]): Promise<Map<string, Tensor>> {
    const { each, feeds } = stackBatches(parts.map(({ batch }) => batch));
    const adapters = parts.map(({ trainable }) => loraOf(trainable));
    return new Map([
      ...(await this.#model.feeds()),
      ...rowAdapterFeeds(this.#model.architecture, adapters, each),
      ...feeds,
    ]);
  }

  #adaptationOf(trainables: readonly Trainable[]): Adaptation | null {
    const [first, ...others] = trainables;
    if (others.length === 0) return first?.adaptation ?? null;
    return { kind: 'row-adapters', targets: targetsOf(this.#model.architecture, trainables.map(loraOf)) };
  }

  #trainGraph(adaptation: Adaptation | null) {
    const { architecture, precision } = this.#model;
    const { labelSmoothing = 0, gradientCheckpointing = false } = this.#options;
    const key = `${adaptationKey(adaptation)}:${labelSmoothing}:${gradientCheckpointing}`;
    return this.#model.passes('train', key, () =>
      trainGraph(architecture, adaptation, { precision, labelSmoothing, gradientCheckpointing }),
    );
  }

  #scoreGraph(adaptation: Adaptation | null) {
    const { architecture, precision } = this.#model;
    return this.#model.passes('validate', adaptationKey(adaptation), () =>
      scoreGraph(architecture, adaptation?.kind === 'lora' ? { ...adaptation, dropout: false } : adaptation, {
        precision,
      }),
    );
  }
}

/** Log-probabilities are in the order of the parts. */
function logProbsOf(parts: readonly PassPart[], results: Readonly<Record<string, Tensor>>): Float32Array[] {
  const all = (results[logProbabilities] as Tensor<'float32'>).data;
  let next = 0;
  return parts.map(({ batch }) => {
    const first = next;
    next += batch.targetTokens;
    return all.subarray(first, next);
  });
}

/** Only LoRA can share a pass; `train-together.ts` admits nothing else. */
function loraOf({ live }: Trainable): LoraWeights {
  if (live?.weights.kind !== 'lora') throw new Error('only LoRA adapters share a pass');
  return live.weights;
}
