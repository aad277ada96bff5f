import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { float32, type Tensor } from '../tensor.ts';
import { toFloat32 } from './float-types.ts';
import { openSafetensors, type StoredTensor, writeSafetensors } from './safetensors.ts';

/**
 * An adapter as the PEFT library stores it: `adapter_config.json` and `adapter_model.safetensors` with keys
 * `base_model.model.<module path>.lora_A.weight`. Source: huggingface/peft, docs "Checkpoint format".
 */
export interface PeftAdapter {
  readonly rank: number;
  readonly alpha: number;
  readonly rankStabilised: boolean;
  /** Module paths or their last parts, as in `target_modules`. */
  readonly targetModules: readonly string[];
  /** `<module path>.lora_A` and `.lora_B`. */
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
}

const prefix = 'base_model.model.';

/** Reads an adapter; one that uses more than plain LoRA is refused by name (ADAPTER_UNSUPPORTED), never half loaded. */
export async function readPeft(folder: string): Promise<PeftAdapter> {
  const config = await readConfig(folder);
  const file = await openSafetensors(join(folder, 'adapter_model.safetensors'));
  try {
    const tensors = new Map<string, Tensor<'float32'>>();
    for (const [key, { dtype, dims }] of file.tensors) {
      const match = /^base_model\.model\.(.+\.lora_[AB])\.weight$/.exec(key);
      if (!match || dims.length !== 2)
        throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, feature: `the tensor ${key}` });
      if (!['F32', 'F16', 'BF16'].includes(dtype))
        throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, feature: `numbers of type ${dtype}` });
      tensors.set(match[1] as string, float32(dims, toFloat32(await file.readBytes(key), dtype)));
    }
    return { ...config, tensors };
  } finally {
    await file.close();
  }
}

export async function writePeft(
  folder: string,
  adapter: PeftAdapter,
  { dropout, baseModel }: { dropout: number; baseModel: string },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stored = [...adapter.tensors].map(([name, { dims, data }]): [string, StoredTensor] => [
    `${prefix}${name}.weight`,
    { dtype: 'F32', dims, data },
  ]);
  await writeSafetensors(join(folder, 'adapter_model.safetensors'), new Map(stored), { format: 'pt' });
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    r: adapter.rank,
    lora_alpha: adapter.alpha,
    lora_dropout: dropout,
    target_modules: adapter.targetModules,
    use_rslora: adapter.rankStabilised,
    use_dora: false,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    modules_to_save: null,
  };
  await writeText(join(folder, 'adapter_config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

async function readConfig(folder: string): Promise<Omit<PeftAdapter, 'tensors'>> {
  const path = join(folder, 'adapter_config.json');
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
  });
  let config: Record<string, unknown>;
  try {
    config = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw invalid('it is not valid JSON', cause);
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) throw invalid('it is not a JSON object');
  refuseMoreThanPlainLora(folder, config);
  const { r, lora_alpha: alpha, target_modules: targetModules } = config;
  if (!Number.isSafeInteger(r) || (r as number) < 1) throw invalid('“r” is not a whole number above 0');
  if (typeof alpha !== 'number' || !(alpha > 0)) throw invalid('“lora_alpha” is not a number above 0');
  if (!Array.isArray(targetModules) || !targetModules.every((name) => typeof name === 'string')) {
    throw new StudioError('ADAPTER_UNSUPPORTED', {
      adapter: folder,
      feature: 'target_modules that are not a list of names',
    });
  }
  return { rank: r as number, alpha, rankStabilised: config.use_rslora === true, targetModules };
}

function refuseMoreThanPlainLora(folder: string, config: Readonly<Record<string, unknown>>): void {
  const refuse = (feature: string) => {
    throw new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, feature });
  };
  if (config.peft_type !== 'LORA') refuse(`the method ${String(config.peft_type)}`);
  if (config.bias !== undefined && config.bias !== 'none') refuse('trained biases (bias)');
  for (const key of ['use_dora', 'fan_in_fan_out', 'lora_bias', 'use_qalora']) if (config[key] === true) refuse(key);
  for (const key of [
    'modules_to_save',
    'layers_to_transform',
    'layers_pattern',
    'rank_pattern',
    'alpha_pattern',
    'target_parameters',
    'trainable_token_indices',
    'layer_replication',
    'exclude_modules',
  ]) {
    const value = config[key];
    if (value !== undefined && value !== null && Object.keys(value as object).length > 0) refuse(key);
  }
}

async function writeText(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

function invalid(reason: string, cause?: unknown): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: 'adapter_config.json', reason }, { cause });
}
