import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, type UnsupportedAdapter } from '../../../src-contract/failure-reason.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { architectureOf } from '../architectures/by-model-type.ts';
import { readModelConfig } from '../architectures/model-config.ts';
import type { UnpackAdapterJob } from '../engine.ts';
import { allFinite } from '../formats/float-types.ts';
import { type GgufFile, openGguf } from '../formats/gguf.ts';
import { loraRowsRestored } from '../formats/gguf-lora.ts';
import { ggufModule, transposed } from '../formats/gguf-names.ts';
import { lastTwoParts, type PeftAdapter, writePeft } from '../formats/peft.ts';
import { float32, type Tensor } from '../tensor.ts';
import { weightDims } from './lora.ts';
import { fitAdapter, places, toPeft } from './peft-layout.ts';
import { requireShapes } from './required-shapes.ts';
import { ggufArchitecture } from './write-adapter.ts';

/**
 * Writes a GGUF LoRA file as a PEFT folder for a base: the inverse of `writeAdapter`. Everything in the header is
 * checked before a number is read. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID, MODEL_UNSUPPORTED,
 * NOT_AN_ADAPTER, ADAPTER_WRONG_ARCHITECTURE, ADAPTER_UNSUPPORTED, ADAPTER_SHAPE, ADAPTER_TENSOR_FOREIGN, DISK_FULL.
 */
export async function unpackAdapter(job: UnpackAdapterJob): Promise<{ baseName: string | undefined }> {
  const architecture = architectureOf(await readModelConfig(job.modelFolder));
  const file = await openGguf(job.file);
  try {
    requireLora(file, ggufArchitecture(architecture, file.path));
    const adapter = await readLora(file, alphaOf(file), architecture);
    const peft = toPeft(fitAdapter(adapter, architecture, file.path), architecture);
    await writePeft(job.folder, peft, { dropout: 0, baseModel: basename(job.modelFolder) });
    return { baseName: baseNameIn(file) };
  } finally {
    await file.close();
  }
}

/** Refuses files of another kind, for another architecture, or with more than plain LoRA. */
function requireLora(file: GgufFile, architecture: string): void {
  const { path, metadata } = file;
  const found = metadata.get('general.architecture');
  if (typeof found !== 'string') throw invalid(file, because('GGUF_NO_ARCHITECTURE'));
  // llama.cpp's control vectors name this instead of a type.
  if (found === 'controlvector') throw unsupported(file, because('ADAPTER_METHOD', { method: found }));
  const [kind, method] = [metadata.get('general.type') ?? 'model', metadata.get('adapter.type')];
  if (kind !== 'adapter') {
    const names = { config: 'adapter_config.json', weights: 'adapter_model.safetensors' };
    throw new StudioError('NOT_AN_ADAPTER', { file: basename(path), ...because('MODEL_AS_ADAPTER', names) });
  }
  if (typeof method !== 'string') throw invalid(file, because('KEY_NONE_OF', { key: 'adapter.type', choices: 'lora' }));
  if (method !== 'lora') throw unsupported(file, because('ADAPTER_METHOD', { method }));
  if (found !== architecture)
    throw new StudioError('ADAPTER_WRONG_ARCHITECTURE', { adapter: path, expected: found, found: architecture });
  for (const key of metadata.keys()) {
    if (key.startsWith('adapter.') && !plainKeys.has(key)) throw unsupported(file, because('ADAPTER_KEY', { key }));
  }
}

/** Others change what an adapter computes, such as the tokens that activate it (`adapter.alora.invocation_tokens`). */
const plainKeys = new Set([
  'adapter.type',
  'adapter.lora.alpha',
  'adapter.lora.task_name',
  'adapter.lora.prompt_prefix',
]);

/** llama.cpp takes a scale of 1 where alpha is 0 or missing, but no converter writes that. */
function alphaOf(file: GgufFile): number {
  const alpha = file.metadata.get('adapter.lora.alpha');
  if (typeof alpha === 'number' && alpha > 0 && Number.isFinite(alpha)) return alpha;
  throw invalid(file, because('KEY_NOT_POSITIVE', { key: 'adapter.lora.alpha' }));
}

interface Module {
  /** Its path in the checkpoint. */
  readonly path: string;
  /** llama.cpp's name for it, without the block: `attn_q`. */
  readonly kind: string;
  readonly out: number;
  readonly into: number;
}

async function readLora(file: GgufFile, alpha: number, architecture: Architecture): Promise<PeftAdapter> {
  const all = modulesOf(architecture, file.path);
  const kinds = requireKinds(file, new Set([...all.values()].map(({ kind }) => kind)));
  const modules = [...all].filter(([, { kind }]) => kinds.has(kind));
  const rank = rankOf(file);
  const isFlipped = modules.some(([name, module]) => architecture.fanInFanOut && isTransposed(file, name, module));
  const isThere = ([name]: readonly [string, Module]) => file.tensors.has(tensorName(name, 'a'));
  const expected = modules.filter(isThere).flatMap(([name, { out, into }]): [string, readonly number[]][] => [
    [tensorName(name, 'a'), [rank, isFlipped ? out : into]],
    [tensorName(name, 'b'), [isFlipped ? into : out, rank]],
  ]);
  requireShapes(file.tensors, new Map(expected), file.path);
  // Last: of an adapter for another model, the shapes tell more.
  const left = modules.find((module) => !isThere(module));
  if (left !== undefined) throw unsupported(file, because('ADAPTER_SOME_LAYERS', { key: left[1].kind }));

  const { heads, keyValueHeads } = architecture;
  const base = { architecture: ggufArchitecture(architecture, file.path), heads, keyValueHeads };
  const tensors = new Map<string, Tensor<'float32'>>();
  for (const [name, { path, out, into }] of modules) {
    const [a, b] = [await numbersOf(file, tensorName(name, 'a')), await numbersOf(file, tensorName(name, 'b'))];
    const dataA = isFlipped ? transposed(b, [into, rank]) : a;
    const dataB = isFlipped ? transposed(a, [rank, out]) : loraRowsRestored(path, b, out, base);
    tensors.set(`${path}.lora_A`, float32([rank, into], dataA)).set(`${path}.lora_B`, float32([out, rank], dataB));
  }
  const targetModules = [...new Set(modules.map(([, { path }]) => lastTwoParts(path)))];
  return { rank, alpha, rankStabilised: false, targetModules, tensors };
}

/** The modules that can be adapted, in all layers, by llama.cpp's names. */
function modulesOf(architecture: Architecture, adapter: string): ReadonlyMap<string, Module> {
  const named = places(architecture, architecture.targets).map(({ module, own, parts }): [string, Module] => {
    const [out, into] = weightDims(architecture, own);
    const name = ggufModule(module, ggufArchitecture(architecture, adapter));
    return [name, { path: module, kind: kindOf(name), out: out * parts, into }];
  });
  return new Map(named);
}

/** The kinds of modules that the file adapts. Anything else, such as embeddings, a head or norms, is refused by name. */
function requireKinds(file: GgufFile, adaptable: ReadonlySet<string>): ReadonlySet<string> {
  const kinds = new Set<string>();
  for (const tensor of file.tensors.keys()) {
    const [, module] = /^(.+)\.weight\.lora_[ab]$/.exec(tensor) ?? [];
    if (module === undefined) throw unsupported(file, because('ADAPTER_TENSOR', { tensor }));
    const kind = kindOf(module);
    if (!adaptable.has(kind)) throw unsupported(file, because('ADAPTER_MODULES', { modules: module }));
    kinds.add(kind);
  }
  if (kinds.size === 0) throw invalid(file, because('TENSOR_MISSING', { tensor: '*.lora_a' }));
  return kinds;
}

/** The rank that all pairs have. */
function rankOf(file: GgufFile): number {
  let rank: number | undefined;
  for (const [tensor, { dims }] of file.tensors) {
    const other = tensor.replace(/[ab]$/, (letter) => (letter === 'a' ? 'b' : 'a'));
    const pair = file.tensors.get(other);
    if (pair === undefined) throw invalid(file, because('TENSOR_UNPAIRED', { tensor, other }));
    if (tensor.endsWith('b')) continue;
    const [own] = dims as [number];
    if (own !== pair.dims[1]) throw invalid(file, because('TENSOR_RANKS_DIFFER', { tensor, other }));
    rank ??= own;
    if (own !== rank) throw unsupported(file, because('ADAPTER_RANKS', { one: rank, other: own }));
  }
  return rank as number;
}

/**
 * llama.cpp's converter takes an update of GPT-2's Conv1D for one of its transposed weight, so the two factors are
 * swapped and transposed. Source: convert_lora_to_gguf.py, `LoraTorchTensor.transpose`.
 */
function isTransposed({ tensors }: GgufFile, name: string, { out, into }: Module): boolean {
  const [a, b] = [tensors.get(tensorName(name, 'a'))?.dims, tensors.get(tensorName(name, 'b'))?.dims];
  return out !== into && a?.[1] === out && b?.[0] === into;
}

async function numbersOf(file: GgufFile, tensor: string): Promise<Float32Array> {
  const numbers = await file.readFloat32(tensor);
  if (!allFinite(numbers)) throw invalid(file, because('TENSOR_NOT_FINITE', { tensor }));
  return numbers;
}

/**
 * What its address on the Hugging Face hub ends in, if the converter found it in the adapter's model card: the name
 * beside it has blanks for hyphens. The studio writes the name alone.
 */
function baseNameIn({ metadata }: GgufFile): string | undefined {
  const address = metadata.get('general.base_model.0.repo_url');
  if (typeof address === 'string') return /\/(\w[\w.-]{0,95})\/?$/.exec(address)?.[1];
  const name = metadata.get('general.base_model.0.name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function tensorName(module: string, which: 'a' | 'b'): string {
  return `${module}.weight.lora_${which}`;
}

function kindOf(module: string): string {
  return module.replace(/^blk\.\d+\./, '');
}

function unsupported({ path }: GgufFile, why: UnsupportedAdapter): StudioError {
  return new StudioError('ADAPTER_UNSUPPORTED', { adapter: path, ...why });
}

function invalid({ path }: GgufFile, why: Because): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: basename(path), ...why });
}
