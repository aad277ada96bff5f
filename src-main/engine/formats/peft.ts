import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish, type UnsupportedAdapter } from '../../../src-contract/failure-reason.ts';
import { float32, type Tensor } from '../tensor.ts';
import { allFinite, isFloatType, toFloat32 } from './float-types.ts';
import { namedValue } from './json-value.ts';
import { openSafetensors, type SafetensorsFile, type StoredTensor, writeSafetensors } from './safetensors.ts';
import { writeTextFile } from './tensor-file.ts';

/**
 * An adapter as the PEFT library stores it: `adapter_config.json` and `adapter_model.safetensors` with keys
 * `base_model.model.<module path>.lora_A.weight`. Source: huggingface/peft, docs "Checkpoint format".
 */
export interface PeftAdapter {
  readonly rank: number;
  readonly alpha: number;
  readonly rankStabilised: boolean;
  /** Whether the base stores its matrices as [in, out]; A and B are the same either way. */
  readonly fanInFanOut?: boolean;
  /** Module paths or their last parts, as in `target_modules`. */
  readonly targetModules: readonly string[];
  /** The key of the config that may have chosen a module in some layers only: a pattern, or what it excludes. */
  readonly chosenBy?: 'target_modules' | 'exclude_modules' | undefined;
  /**
   * Matrices with their own adapters side by side in modules that hold several; empty if every module has one A and B.
   */
  readonly blocks?: readonly string[];
  /** `<module path>.lora_A` and `.lora_B`. */
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
}

interface PeftConfig extends Omit<PeftAdapter, 'tensors' | 'targetModules' | 'chosenBy' | 'blocks'> {
  readonly targetModules: readonly string[] | undefined;
  /** Module paths, or their last parts, that have no A and B; undefined for a pattern, which need not be run. */
  readonly excludedModules: readonly string[] | undefined;
}

const prefix = 'base_model.model.';
const weightsName = 'adapter_model.safetensors';
/** In the safetensors' metadata, which PEFT ignores. */
const blocksKey = 'adapter_studio_blocks';

/**
 * Reads an adapter. One that uses more than plain LoRA is refused by name (ADAPTER_UNSUPPORTED), never loaded in part.
 * Also throws FILE_NOT_FOUND and MODEL_FILE_INVALID.
 */
export async function readPeft(folder: string): Promise<PeftAdapter> {
  const { excludedModules, ...config } = await readPeftConfig(join(folder, 'adapter_config.json'));
  const file = await openSafetensors(join(folder, weightsName));
  try {
    const tensors = new Map<string, Tensor<'float32'>>();
    const modules = new Set<string>();
    for (const [key, { dtype, dims }] of file.tensors) {
      const match = /^base_model\.model\.((.+)\.lora_[AB])\.weight$/.exec(key);
      if (!match || dims.length !== 2) throw unsupported(folder, because('ADAPTER_TENSOR', { tensor: key }));
      // PEFT writes none of these, and would ignore them.
      const module = match[2] as string;
      if (excludedModules?.some((name) => isCalled(module, name)))
        throw unsupported(folder, because('ADAPTER_KEY', { key: 'exclude_modules' }));
      if (!isFloatType(dtype)) throw unsupported(folder, because('ADAPTER_NUMBERS', { type: dtype }));
      const data = toFloat32(await file.readBytes(key), dtype);
      if (!allFinite(data)) {
        throw new StudioError('MODEL_FILE_INVALID', {
          file: weightsName,
          ...because('TENSOR_NOT_FINITE', { tensor: key }),
        });
      }
      tensors.set(match[1] as string, float32(dims, data));
      modules.add(module);
    }
    const named = config.targetModules ?? [...new Set([...modules].map(lastTwoParts))];
    // PEFT may name among the targets what it leaves out, too: it does for "all-linear".
    const isThere = (name: string) => [...modules].some((module) => isCalled(module, name));
    const excludesNone = excludedModules?.length === 0;
    const targetModules = excludesNone ? named : named.filter(isThere);
    const isPattern = config.targetModules === undefined;
    const chosenBy = excludesNone ? (isPattern ? 'target_modules' : undefined) : 'exclude_modules';
    return { ...config, targetModules, chosenBy, blocks: blocksOf(file), tensors };
  } finally {
    await file.close();
  }
}

/** As PEFT matches names of modules: the whole path, or its last parts. */
const isCalled = (module: string, name: string) => module === name || module.endsWith(`.${name}`);

/** As much of a module's path as PEFT names among its targets. */
export const lastTwoParts = (module: string) => module.split('.').slice(-2).join('.');

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
  const metadata = { format: 'pt', ...(adapter.blocks?.length ? { [blocksKey]: adapter.blocks.join(',') } : {}) };
  await writeSafetensors(join(folder, weightsName), new Map(stored), metadata);
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
    fan_in_fan_out: adapter.fanInFanOut ?? false,
    inference_mode: true,
    init_lora_weights: true,
    modules_to_save: null,
  };
  await writeTextFile(join(folder, 'adapter_config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

/** Reads only an adapter's config. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID, ADAPTER_UNSUPPORTED. */
export async function readPeftConfig(path: string): Promise<PeftConfig> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
    throw new StudioError('FILE_UNREADABLE', { file: path, ...inEnglish(cause.message) }, { cause });
  });
  let config: Record<string, unknown>;
  try {
    // Some editors prepend a byte order mark.
    config = JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
  } catch (cause) {
    throw invalid(because('FILE_NOT_JSON'), cause);
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw invalid(because('FILE_NOT_JSON_OBJECT'));
  refuseOtherMethods(dirname(path), config);
  const { r, lora_alpha: alpha, lora_dropout: dropout = 0, use_rslora: rankStabilised = false } = config;
  const { fan_in_fan_out: fanInFanOut = false } = config;
  if (!Number.isSafeInteger(r) || (r as number) < 1 || (r as number) > largestRank)
    throw invalid(because('KEY_NOT_COUNT', { key: 'r', most: largestRank }));
  refuseMoreThanPlainLora(dirname(path), config);
  if (typeof alpha !== 'number' || !(alpha > 0 && Number.isFinite(alpha)))
    throw invalid(because('KEY_NOT_POSITIVE', { key: 'lora_alpha' }));
  if (typeof dropout !== 'number' || !(dropout >= 0 && dropout < 1))
    throw invalid(because('KEY_NOT_SHARE', { key: 'lora_dropout' }));
  if (typeof rankStabilised !== 'boolean') throw invalid(because('KEY_NOT_FLAG', { key: 'use_rslora' }));
  // Only a label here, never opened; but one that leads out of its folder should not be opened by others either.
  const { base_model_name_or_path: base } = config;
  if (typeof base === 'string' && base.split(/[\\/]/).includes('..'))
    throw invalid(because('KEY_LEADS_OUT', { key: 'base_model_name_or_path' }));
  if (typeof fanInFanOut !== 'boolean') throw invalid(because('KEY_NOT_FLAG', { key: 'fan_in_fan_out' }));
  const modules = { targetModules: targetModulesOf(config), excludedModules: excludedModulesOf(config) };
  return { rank: r as number, alpha, rankStabilised, fanInFanOut, ...modules };
}

function blocksOf({ metadata }: SafetensorsFile): string[] {
  return metadata[blocksKey]?.split(',') ?? [];
}

/** The list of names, or undefined for a pattern: the tensors show what it matched, so it need not be run. */
function targetModulesOf({ target_modules: value }: Readonly<Record<string, unknown>>): string[] | undefined {
  if (typeof value === 'string') {
    requirePattern('target_modules', value);
    return undefined;
  }
  if (!isNames(value) || value.length === 0) throw invalid(because('KEY_NOT_NAMES', { key: 'target_modules' }));
  return value;
}

/** The names, or undefined for a pattern: what it matched has no tensors, so it need not be run either. */
function excludedModulesOf({ exclude_modules: value }: Readonly<Record<string, unknown>>): string[] | undefined {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') {
    requirePattern('exclude_modules', value);
    return undefined;
  }
  if (!isNames(value)) throw invalid(because('KEY_NOT_NAMES', { key: 'exclude_modules' }));
  return value;
}

/** Of Python's syntax, named groups and flags for the whole pattern are written otherwise here. */
function requirePattern(key: string, value: string): void {
  const written = value
    .replace(/^\(\?[aiLmsux]+\)/, '')
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>');
  try {
    new RegExp(written);
  } catch (cause) {
    throw invalid(because('KEY_NOT_PATTERN', { key }), cause);
  }
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

/** Keys that are read here, and keys that do not change what a finished adapter computes. */
const plainKeys = new Set([
  ...['peft_type', 'task_type', 'bias', 'init_lora_weights', 'r', 'lora_alpha', 'lora_dropout', 'target_modules'],
  ...[
    'use_rslora',
    'fan_in_fan_out',
    'base_model_name_or_path',
    'revision',
    'inference_mode',
    'auto_mapping',
    'peft_version',
  ],
  ...['exclude_modules', 'megatron_core', 'qalora_group_size', 'runtime_config', 'ensure_weight_tying'],
  // How A, B and their gradients came about. Where that changed the base too, `init_lora_weights` says so.
  ...['loftq_config', 'eva_config', 'corda_config', 'lora_ga_config', 'velora_config'],
]);

/** Initialisations that leave the base alone; others (pissa, olora, corda, loftq, lora_ga) subtract a part from it. */
const harmlessInitialisations: readonly unknown[] = [undefined, null, true, false, 'gaussian', 'orthogonal', 'eva'];

/** Far above any adapter: the hidden size of the largest models. */
const largestRank = 65_536;

/** Values of `peft_type` besides LORA. Source: huggingface/peft, src/peft/utils/peft_types.py. */
const otherMethods = new Set([
  ...[
    'PROMPT_TUNING',
    'MULTITASK_PROMPT_TUNING',
    'P_TUNING',
    'PREFIX_TUNING',
    'ADALORA',
    'BOFT',
    'ADAPTION_PROMPT',
    'IA3',
  ],
  ...[
    'LOHA',
    'LOKR',
    'OFT',
    'POLY',
    'LN_TUNING',
    'VERA',
    'FOURIERFT',
    'XLORA',
    'HRA',
    'VBLORA',
    'CPT',
    'BONE',
    'RANDLORA',
  ],
  ...['TRAINABLE_TOKENS', 'SHIRA', 'C3A', 'MISS', 'ROAD', 'WAVEFT', 'DELORA', 'OSF'],
]);

function refuseOtherMethods(folder: string, { peft_type: method }: Readonly<Record<string, unknown>>): void {
  if (method === 'LORA') return;
  if (typeof method !== 'string' || !otherMethods.has(method)) throw invalid(because('PEFT_METHOD_UNKNOWN'));
  throw unsupported(folder, because('ADAPTER_METHOD', { method }));
}

/** An unknown key is accepted only when it is off: PEFT writes every key it knows, and each version knows more. */
function refuseMoreThanPlainLora(folder: string, config: Readonly<Record<string, unknown>>): void {
  const refuse = (why: UnsupportedAdapter) => {
    throw unsupported(folder, why);
  };
  const { task_type: task, bias = 'none', init_lora_weights: initialisation } = config;
  if (task !== undefined && task !== null && task !== 'CAUSAL_LM')
    refuse(because('ADAPTER_TASK', { type: typeof task === 'string' ? task : namedValue(task) }));
  if (bias === 'all' || bias === 'lora_only') refuse(because('ADAPTER_BIASES'));
  if (bias !== 'none') throw invalid(because('KEY_NONE_OF', { key: 'bias', choices: 'none, all, lora_only' }));
  if (!harmlessInitialisations.includes(initialisation))
    refuse(because('ADAPTER_INITIALISATION', { value: namedValue(initialisation) }));
  for (const [key, value] of Object.entries(config)) {
    if (!plainKeys.has(key) && !isOff(value)) refuse(because('ADAPTER_KEY', { key }));
  }
}

function isOff(value: unknown): boolean {
  const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return value === null || value === false || empty;
}

function unsupported(folder: string, why: UnsupportedAdapter): StudioError {
  return new StudioError('ADAPTER_UNSUPPORTED', { adapter: folder, ...why });
}

function invalid(why: Because, cause?: unknown): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: 'adapter_config.json', ...why }, { cause });
}
