import { StudioError } from '../../src-contract/errors.ts';
import type { Architecture } from './architectures/architecture.ts';
import { architectureOf } from './architectures/by-model-type.ts';
import { ModelConfig, readModelConfig } from './architectures/model-config.ts';
import type { Backend, Executable } from './backends/backend.ts';
import type { ModelFacts } from './engine.ts';
import { openFolderWeights } from './formats/folder-weights.ts';
import type { WeightSource } from './formats/weight-source.ts';
import type { Expression } from './graph/expression.ts';
import { weightDims } from './lora.ts';
import { checkWeights, readWeights, storedType } from './stored-weights.ts';
import { elements, type Tensor } from './tensor.ts';

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
  const { architecture, source } = await openChecked(folder);
  try {
    return new LoadedModel(architecture, await readWeights(architecture, source), backend);
  } finally {
    await source.close();
  }
}

/** Reads and checks a model folder without its weights. Throws FILE_NOT_FOUND, MODEL_FILE_INVALID, MODEL_UNSUPPORTED. */
export async function inspectModel(folder: string): Promise<ModelFacts> {
  const { architecture, source } = await openChecked(folder);
  try {
    const types = Map.groupBy([...architecture.parameters.keys()], (name) => storedType(architecture, source, name));
    const [dtype] = [...types].reduce((most, group) => (group[1].length > most[1].length ? group : most));
    const targets = architecture.targets.map((target) => [
      target,
      weightDims(architecture, architecture.moduleOf(target, 0)),
    ]);
    return {
      architecture: architecture.name,
      parameters: [...architecture.parameters.values()].reduce((sum, dims) => sum + elements(dims), 0),
      layers: architecture.layers,
      hidden: architecture.hidden,
      vocabulary: architecture.vocabulary,
      contextLength: architecture.contextLength,
      dtype,
      sizeBytes: source.sizeBytes,
      endIds: await endIds(folder, architecture),
      targets: Object.fromEntries(targets),
    };
  } finally {
    await source.close();
  }
}

async function openChecked(folder: string): Promise<{ architecture: Architecture; source: WeightSource }> {
  const config = await optional(readModelConfig(folder));
  const known = config && architectureOf(config);
  const source = await openFolderWeights(folder);
  try {
    // A GGUF file brings its own; any other folder is asked again, to say that config.json isn't there.
    const own = source.config && new ModelConfig(source.config, source.file);
    const architecture = known ?? architectureOf(own ?? (await readModelConfig(folder)));
    checkWeights(architecture, source);
    return { architecture, source };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** What ends a text: `generation_config.json` goes before `config.json`, as in transformers. */
async function endIds(folder: string, { endIds, vocabulary }: Architecture): Promise<readonly number[]> {
  const config = await optional(readModelConfig(folder, 'generation_config.json'));
  const ids = config?.ids('eos_token_id', vocabulary) ?? [];
  return ids.length > 0 ? ids : endIds;
}

/** A file that may be missing. */
function optional<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  });
}
