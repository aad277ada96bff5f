import { basename, join } from 'node:path';
import type { Adaptation, LiveAdapter } from '../adapters/adaptation.ts';
import type { AdapterCache } from '../adapters/adapter-cache.ts';
import { initialiseAdapterLayers } from '../adapters/adapter-layers.ts';
import { adaptedModules, initialiseLora, weightDims } from '../adapters/lora.ts';
import { copyCompanions } from '../adapters/model-companions.ts';
import { toPeft } from '../adapters/peft-layout.ts';
import type { AdapterLayerSettings, LoraSettings, TrainJob } from '../engine.ts';
import { writeAdapterLayers } from '../formats/adapter-layers.ts';
import { toFloat16 } from '../formats/float-types.ts';
import { writePeft } from '../formats/peft.ts';
import { type StoredTensor, writeSafetensors } from '../formats/safetensors.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Random } from '../random.ts';
import { elements, float32, type Tensor } from '../tensor.ts';
import { storedTensors } from '../weights/stored-weights.ts';

/** What a training changes: the numbers, how the graph is adapted to them, and how they are saved in the end. */
export interface Trainable {
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
  readonly adaptation: Adaptation | null;
  /** The adapter in its current state, for generation; null where the model itself is trained. */
  readonly live: LiveAdapter | null;
  /** Feeds besides weights and data: the scale, and the dropout masks of one micro-batch. */
  feeds(place: DropoutPlace | null): Map<string, Tensor>;
  /** Whether weight decay applies to a tensor. */
  decays(name: string): boolean;
  /** The base, for the same graph, where training starts from an adapter; null where it starts as the base. */
  base(): Trainable | null;
  /** Writes the given numbers to the output folder, as an adapter or a model. */
  write(tensors: ReadonlyMap<string, Float32Array>): Promise<void>;
}

/** The point in a training where a dropout mask is drawn; with the seed it identifies the stream of random numbers. */
export interface DropoutPlace {
  readonly seed: number;
  readonly step: number;
  readonly microBatch: number;
  readonly positions: number;
}

export async function trainableOf(model: LoadedModel, job: TrainJob, adapters: AdapterCache): Promise<Trainable> {
  switch (job.method.kind) {
    case 'lora':
      return loraTrainable(model, job, job.method, adapters);
    case 'adapter-layers':
      return adapterLayersTrainable(model, job, job.method);
    case 'full':
      return fullTrainable(model, job);
    default:
      return job.method satisfies never;
  }
}

/** A and B of the targeted modules; the base is frozen. */
async function loraTrainable(
  model: LoadedModel,
  job: TrainJob,
  settings: LoraSettings,
  adapters: AdapterCache,
): Promise<Trainable> {
  const { architecture } = model;
  const start = settings.initFolder
    ? await adapters.get(settings.initFolder, architecture)
    : initialiseLora(architecture, { ...settings, seed: job.seed });
  // Copied: a cached adapter is in use elsewhere.
  const tensors = new Map(
    [...start.tensors].map(([name, tensor]) => [name, float32(tensor.dims, tensor.data.slice())]),
  );
  const modules = adaptedModules(architecture, start.targets);
  const scale = float32([1], Float32Array.of(start.scale));
  const trainable: Trainable = {
    tensors,
    adaptation: { kind: 'lora', targets: start.targets, dropout: settings.dropout > 0 },
    live: { weights: { ...start, tensors }, scale: start.scale },
    feeds(place) {
      const feeds = new Map<string, Tensor>([['lora_scale', scale]]);
      if (settings.dropout > 0) {
        modules.forEach((module, i) => {
          const [, inFeatures] = weightDims(architecture, module);
          feeds.set(`${module}.dropout`, dropoutMask(inFeatures, settings.dropout, place, i));
        });
      }
      return feeds;
    },
    decays: () => true,
    base() {
      if (settings.initFolder === null) return null;
      // All share the memory of the largest.
      const none = new Float32Array(Math.max(...[...tensors.values()].map(({ dims }) => elements(dims))));
      const zeros = new Map(
        [...tensors].map(([name, { dims }]) => [name, float32(dims, none.subarray(0, elements(dims)))]),
      );
      return { ...trainable, tensors: zeros, live: { weights: { ...start, tensors: zeros }, scale: start.scale } };
    },
    write(numbers) {
      const named = [...tensors].map(([name, { dims }]) => [name, float32(dims, numbers.get(name))] as const);
      const adapter = toPeft({ ...start, tensors: new Map(named) }, architecture);
      return writePeft(job.outputFolder, adapter, { dropout: settings.dropout, baseModel: basename(job.modelFolder) });
    },
  };
  return trainable;
}

/** Small layers between those of the base, which is frozen: the method LoRA is compared with. */
function adapterLayersTrainable(model: LoadedModel, job: TrainJob, settings: AdapterLayerSettings): Trainable {
  const { design, bottleneck } = settings;
  const { tensors } = initialiseAdapterLayers(model.architecture, { design, bottleneck, seed: job.seed });
  return {
    tensors,
    adaptation: { kind: 'adapter-layers', design },
    live: { weights: { kind: 'adapter-layers', design, bottleneck, tensors }, scale: 1 },
    feeds: () => new Map(),
    // Biases and norms do not decay, as in full training.
    decays: (name) => (tensors.get(name)?.dims.length ?? 0) > 1,
    base: () => null,
    write(numbers) {
      const named = [...tensors].map(([name, { dims }]) => [name, float32(dims, numbers.get(name))] as const);
      const layers = { design, bottleneck, tensors: new Map(named) };
      return writeAdapterLayers(job.outputFolder, layers, { baseModel: basename(job.modelFolder) });
    },
  };
}

/** Every weight: for making a base model, and as the baseline that LoRA is compared with. */
function fullTrainable(model: LoadedModel, job: TrainJob): Trainable {
  return {
    tensors: model.weights,
    adaptation: null,
    live: null,
    feeds: () => new Map(),
    // Norm weights are scales around 1: pulling them to zero would not regularise.
    decays: (name) => (model.weights.get(name)?.dims.length ?? 0) > 1,
    base: () => null,
    async write(numbers) {
      await copyCompanions(job.modelFolder, job.outputFolder);
      const tensors = storedTensors(model.architecture, (name) => numbers.get(name) as Float32Array);
      const stored = [...tensors].map(([name, { dims, data }]): [string, StoredTensor] => [
        name,
        { dtype: 'F16', dims, data: toFloat16(data) },
      ]);
      await writeSafetensors(join(job.outputFolder, 'model.safetensors'), new Map(stored), { format: 'pt' });
    },
  };
}

/** 0 with probability p, otherwise 1/(1 − p), for each feature of each position; all ones outside training. */
function dropoutMask(
  inFeatures: number,
  probability: number,
  place: DropoutPlace | null,
  module: number,
): Tensor<'float32'> {
  if (place === null) return float32([1, inFeatures], new Float32Array(inFeatures).fill(1));
  const random = new Random(place.seed, 0xd509, place.step, place.microBatch, module);
  const mask = float32([place.positions, inFeatures]);
  const kept = 1 / (1 - probability);
  const threshold = probability * 2 ** 32;
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = random.bits() < threshold ? 0 : kept;
  return mask;
}
