import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { weightDims } from '../adapters/lora.ts';
import { type Architecture, countParameters } from '../architectures/architecture.ts';
import { architectureOf } from '../architectures/by-model-type.ts';
import { ModelConfig, readModelConfig } from '../architectures/model-config.ts';
import type { ModelFacts } from '../engine.ts';
import { openFolderWeights } from '../formats/folder-weights.ts';
import { isStoredAlike } from '../formats/stored-matrix.ts';
import type { WeightSource } from '../formats/weight-source.ts';
import { checkWeights, placeOfWeight, storedType } from '../weights/stored-weights.ts';

export interface OpenedModel {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly source: WeightSource;
}

/** Reads and checks a model folder, without weights. Throws FILE_NOT_FOUND, MODEL_FILE_INVALID, MODEL_UNSUPPORTED. */
export async function inspectModel(folder: string): Promise<ModelFacts> {
  return withOpenModel(folder, async ({ architecture, source }) => {
    const types = Map.groupBy([...architecture.parameters.keys()], (name) => storedType(architecture, source, name));
    const [dtype] = [...types].reduce((most, group) => (group[1].length > most[1].length ? group : most));
    const targets = architecture.targets.map((target) => [
      target,
      weightDims(architecture, architecture.moduleOf(target, 0)),
    ]);
    return {
      architecture: architecture.name,
      parameters: countParameters(architecture),
      layers: architecture.layers,
      hidden: architecture.hidden,
      vocabulary: architecture.vocabulary,
      contextLength: architecture.contextLength,
      dtype,
      sizeBytes: source.sizeBytes,
      endIds: await endIds(folder, architecture),
      targets: Object.fromEntries(targets),
    };
  });
}

/**
 * Opens a model folder and checks everything but the weight values; the caller must close the source. Throws as
 * `inspectModel` does.
 */
export async function openModel(folder: string): Promise<OpenedModel> {
  const beside = await optional(readModelConfig(folder));
  const known = beside && architectureOf(beside);
  const source = await openFolderWeights(folder);
  try {
    // A GGUF file carries its own config; any other folder is read again, to report the missing config.json.
    const own = source.config && new ModelConfig(source.config, source.file);
    const config = beside ?? own ?? (await readModelConfig(folder));
    const architecture = known ?? architectureOf(config);
    checkWeights(architecture, source);
    if (own === undefined) await checkTiedHead(architecture, source);
    return { architecture, config, source };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Throws MODEL_FILE_INVALID where the head is that of the embeddings, but the file has another: version 4 of
 * transformers ignores it, version 5 computes with it.
 */
async function checkTiedHead(architecture: Architecture, source: WeightSource): Promise<void> {
  const { head, embedding } = architecture;
  const tensor = 'lm_head.weight';
  if (head !== embedding || !source.tensors.has(tensor)) return;
  const [embeddings, other] = [placeOfWeight(architecture, source, `${embedding}.weight`), source.place(tensor)];
  if (embeddings && other && (await isStoredAlike(embeddings, other))) return;
  throw new StudioError('MODEL_FILE_INVALID', { file: source.file, ...because('HEAD_UNTIED', { tensor }) });
}

/** Opens a model folder for the duration of `use`. Throws as `inspectModel` does. */
export async function withOpenModel<Made>(folder: string, use: (opened: OpenedModel) => Promise<Made>): Promise<Made> {
  const opened = await openModel(folder);
  try {
    return await use(opened);
  } finally {
    await opened.source.close();
  }
}

/** The ids that end a text: `generation_config.json` takes precedence over `config.json`, as in transformers. */
async function endIds(folder: string, { endIds, vocabulary }: Architecture): Promise<readonly number[]> {
  const config = await optional(readModelConfig(folder, 'generation_config.json'));
  const ids = config?.ids('eos_token_id', vocabulary) ?? [];
  return ids.length > 0 ? ids : endIds;
}

/** Undefined if the file is missing. */
function optional<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  });
}
