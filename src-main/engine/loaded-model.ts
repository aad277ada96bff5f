import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import type { Architecture } from './architectures/architecture.ts';
import { architectureOf } from './architectures/by-model-type.ts';
import { readModelConfig } from './architectures/model-config.ts';
import type { Backend, Executable } from './backends/backend.ts';
import type { ModelFacts } from './engine.ts';
import { allFinite, toFloat32 } from './formats/float-types.ts';
import { openSafetensors, type SafetensorsFile } from './formats/safetensors.ts';
import type { Expression } from './graph/expression.ts';
import { weightDims } from './lora.ts';
import { float32, type Tensor } from './tensor.ts';

/** A base model in memory: its weights once, as float32, and the graphs that were compiled for it. */
export class LoadedModel {
  readonly architecture: Architecture;
  readonly weights: ReadonlyMap<string, Tensor<'float32'>>;
  readonly backend: Backend;
  readonly #compiled = new Map<string, Promise<Executable>>();

  constructor(architecture: Architecture, weights: ReadonlyMap<string, Tensor<'float32'>>, backend: Backend) {
    this.architecture = architecture;
    this.weights = weights;
    this.backend = backend;
  }

  /** The executable of a graph, compiled at its first use under `key`. */
  executable<Output extends string>(
    key: string,
    outputs: () => Readonly<Record<Output, Expression>>,
  ): Promise<Executable<Output>> {
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = this.backend.compile(outputs());
      this.#compiled.set(key, compiled);
      // A failed compilation is forgotten, so that the next use reports it again.
      compiled.catch(() => this.#compiled.delete(key));
    }
    return compiled as Promise<Executable<Output>>;
  }

  async release(): Promise<void> {
    for (const compiled of this.#compiled.values()) await (await compiled).release();
    this.#compiled.clear();
  }
}

/** Reads a model folder, weights and all. Throws as `inspectModel` does. */
export async function loadModel(folder: string, backend: Backend): Promise<LoadedModel> {
  const { architecture, file } = await openChecked(folder);
  try {
    const weights = new Map<string, Tensor<'float32'>>();
    for (const [name, dims] of architecture.parameters) {
      const { dtype } = entryOf(file, name);
      // Read and converted tensor by tensor: the stored bytes of one are all that lies in memory twice.
      const data = toFloat32(await file.readBytes(name), dtype);
      if (!allFinite(data)) throw invalid(`the tensor ${name} holds values that are not finite numbers`);
      weights.set(name, float32(dims, data));
    }
    return new LoadedModel(architecture, weights, backend);
  } finally {
    await file.close();
  }
}

/** Reads and checks a model folder without its weights. Throws FILE_NOT_FOUND, MODEL_FILE_INVALID, MODEL_UNSUPPORTED. */
export async function inspectModel(folder: string): Promise<ModelFacts> {
  const { architecture, file } = await openChecked(folder);
  try {
    const types = Map.groupBy([...architecture.parameters.keys()], (name) => entryOf(file, name).dtype);
    const [dtype] = [...types].reduce((most, group) => (group[1].length > most[1].length ? group : most));
    const targets = (['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const).map((target) => [
      target,
      weightDims(architecture, architecture.moduleOf(target, 0)),
    ]);
    return {
      architecture: architecture.name,
      parameters: [...architecture.parameters.values()].reduce(
        (sum, dims) => sum + dims.reduce((product, dim) => product * dim, 1),
        0,
      ),
      layers: architecture.layers,
      hidden: architecture.hidden,
      vocabulary: architecture.vocabulary,
      contextLength: architecture.contextLength,
      dtype,
      sizeBytes: (await stat(file.path)).size,
      endIds: await endIds(folder, architecture),
      targets: Object.fromEntries(targets),
    };
  } finally {
    await file.close();
  }
}

async function openChecked(folder: string): Promise<{ architecture: Architecture; file: SafetensorsFile }> {
  const architecture = architectureOf(await readModelConfig(folder));
  const file = await openSafetensors(join(folder, 'model.safetensors'));
  try {
    for (const [name, dims] of architecture.parameters) {
      const entry = entryOf(file, name);
      if (!['F32', 'F16', 'BF16'].includes(entry.dtype)) {
        throw new StudioError('MODEL_UNSUPPORTED', {
          file: 'model.safetensors',
          found: `tensor ${name} of type ${entry.dtype}`,
          supported: 'F32, F16, BF16',
        });
      }
      if (entry.dims.length !== dims.length || entry.dims.some((dim, axis) => dim !== dims[axis])) {
        throw invalid(
          `tensor ${name} has the shape [${entry.dims.join(', ')}] where config.json needs [${dims.join(', ')}]`,
        );
      }
    }
    return { architecture, file };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function entryOf(file: SafetensorsFile, name: string) {
  const entry = file.tensors.get(name);
  if (entry === undefined) throw invalid(`it has no tensor ${name}`);
  return entry;
}

/** What ends a text: `generation_config.json` goes before `config.json`, as in transformers. */
async function endIds(folder: string, { endIds, vocabulary }: Architecture): Promise<readonly number[]> {
  const config = await readModelConfig(folder, 'generation_config.json').catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  });
  const ids = config?.ids('eos_token_id', vocabulary) ?? [];
  return ids.length > 0 ? ids : endIds;
}

function invalid(reason: string): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: 'model.safetensors', reason });
}
