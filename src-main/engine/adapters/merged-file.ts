import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { textIfThere } from '../../files/text-if-there.ts';
import type { MergeJob } from '../engine.ts';
import { type FloatType, isFloatType } from '../formats/float-types.ts';
import { q8Elements, type WrittenType } from '../formats/gguf-blocks.ts';
import { ggufPlace } from '../formats/gguf-names.ts';
import { ggufVocabulary, type TokenizerJson } from '../formats/gguf-vocabulary.ts';
import { createGguf, type GgufMetadata, type GgufTensorPlan } from '../formats/gguf-writer.ts';
import { createSafetensors } from '../formats/safetensors.ts';
import type { OpenedModel } from '../model/open-model.ts';
import { type StoredGroup, storedType } from '../weights/stored-weights.ts';
import { ggufModelKeys } from './gguf-model-keys.ts';
import { copyCompanions } from './model-companions.ts';

/** A model being written, tensor by tensor. Always close it: unless finished, no weights are left. */
export interface MergedFile {
  /** Of the whole file of weights. */
  readonly bytes: number;
  /** The order in which the tensors of the checkpoint must be appended. */
  readonly names: readonly string[];
  dtypeOf(name: string): WrittenType;
  /** The numbers of a tensor in the order of this file, perhaps in place. */
  placed(name: string, numbers: Float32Array): Float32Array;
  append(data: ArrayBufferView): Promise<void>;
  finish(): Promise<void>;
  close(): Promise<void>;
}

type Groups = ReadonlyMap<string, StoredGroup>;

/** A Hugging Face folder: the base's own files beside new weights. Throws DISK_FULL, and OPTION_INVALID for blocks. */
export async function createMergedFolder(job: MergeJob, opened: OpenedModel, groups: Groups): Promise<MergedFile> {
  if (job.dtype === 'Q8_0') {
    throw new StudioError('OPTION_INVALID', { option: 'dtype', ...because('TYPE_OF_GGUF', { type: job.dtype }) });
  }
  const types = new Map(
    [...groups].map(([name, group]) => [name, { dtype: chosenType(job, opened, group), dims: group.dims }]),
  );
  await copyCompanions(job.modelFolder, job.out);
  const writer = await createSafetensors(join(job.out, 'model.safetensors'), types, { format: 'pt' });
  return {
    bytes: writer.bytes,
    names: writer.names,
    dtypeOf: (name) => types.get(name)?.dtype ?? 'F32',
    placed: (_, numbers) => numbers,
    append: writer.append,
    async finish() {
      await writer.finish();
      const dtypes = new Set([...types.values()].map(({ dtype }) => dtype));
      await noteType(job.out, [...dtypes], opened.source.config);
    },
    close: () => writer.close(),
  };
}

/**
 * One GGUF file with weights, sizes, vocabulary and chat template, as llama.cpp's converter lays it out. Throws
 * DISK_FULL, and MODEL_UNSUPPORTED for a base that cannot be written like this.
 */
export async function createMergedGguf(
  job: MergeJob,
  { gguf }: { readonly gguf: NonNullable<MergeJob['gguf']> },
  opened: OpenedModel,
  groups: Groups,
): Promise<MergedFile> {
  const { architecture, config } = opened;
  const name = ggufNames[architecture.name];
  if (name === undefined) {
    const known = Object.keys(ggufNames).join(', ');
    throw config.unsupported(because('GGUF_MODEL', { type: config.modelType, known }));
  }
  const { metadata, rotaryDivisors } = ggufModelKeys(config, architecture, name);
  const { heads, keyValueHeads } = architecture;
  const places = new Map(
    [...groups].map(([tensor, group]) => {
      const place = ggufPlace(tensor, group.dims, { architecture: name, heads, keyValueHeads });
      return [tensor, { ...place, dtype: ggufType(place, job, chosenType(job, opened, group)) }];
    }),
  );
  const plan = new Map<string, GgufTensorPlan>([...places.values()].map((place) => [place.name, place]));
  if (rotaryDivisors) plan.set('rope_freqs.weight', { dtype: 'F32', dims: [rotaryDivisors.length] });
  const types = [...places.values()].flatMap(({ isFloat32, dtype }) => (isFloat32 ? [] : [dtype]));
  const matrices = types.includes('Q8_0') ? 'Q8_0' : (types[0] ?? 'F32');
  const vocabulary = ggufVocabulary(await readJson<TokenizerJson>(job.modelFolder, 'tokenizer.json'), {
    ...{ chatTemplate: gguf.chatTemplate, readsTurns: gguf.readsTurns, endIds: gguf.endIds },
    size: architecture.vocabulary,
    named: await namedTokens(job.modelFolder),
  });
  const described: [string, GgufMetadata][] = [
    ['general.type', 'model'],
    ['general.architecture', name],
    ['general.name', gguf.name],
    ['general.file_type', fileTypes[matrices]],
    ['general.quantization_version', 2],
  ];
  const writer = await createGguf(job.out, new Map([...described, ...metadata, ...vocabulary]), plan);
  const placeOf = (tensor: string) => places.get(tensor) as NonNullable<ReturnType<typeof places.get>>;
  return {
    bytes: writer.bytes,
    names: [...places.keys()],
    dtypeOf: (tensor) => placeOf(tensor).dtype,
    placed: (tensor, numbers) => placeOf(tensor).placed(numbers),
    append: writer.append,
    async finish() {
      if (rotaryDivisors) await writer.append(rotaryDivisors);
      await writer.finish();
    },
    close: () => writer.close(),
  };
}

/** llama.cpp's names; it treats Mistral as a Llama. */
const ggufNames: Readonly<Record<string, string>> = {
  ...{ llama: 'llama', mistral: 'llama', qwen2: 'qwen2', qwen3: 'qwen3', gpt2: 'gpt2' },
};

/** llama.cpp's `llama_ftype`: what most weights are. */
const fileTypes: Readonly<Record<WrittenType, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };

/** Integer blocks cannot absorb a change: they become half precision. */
function chosenType(job: MergeJob, { architecture, source }: OpenedModel, { members }: StoredGroup): FloatType {
  if (isFloatType(job.dtype)) return job.dtype;
  const stored = storedType(architecture, source, members[0]?.parameter ?? '');
  return isFloatType(stored) ? stored : 'F16';
}

/** As llama.cpp's converter: what has no whole blocks in a row is kept in half precision. */
function ggufType(
  { isFloat32, dims }: { readonly isFloat32: boolean; readonly dims: readonly number[] },
  { dtype }: MergeJob,
  float: FloatType,
): WrittenType {
  if (isFloat32) return 'F32';
  if (dtype !== 'Q8_0') return float;
  return (dims.at(-1) as number) % q8Elements === 0 ? 'Q8_0' : 'F16';
}

/** Special tokens by name; before 2023 they had a file of their own. */
async function namedTokens(folder: string): Promise<Record<string, string>> {
  const config = await readJson<Record<string, unknown>>(folder, 'tokenizer_config.json', '{}');
  const own = await readJson<Record<string, unknown>>(folder, 'special_tokens_map.json', '{}');
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...config, ...own })) {
    const text = typeof value === 'object' && value !== null && 'content' in value ? value.content : value;
    if (typeof text === 'string') named[name] = text;
  }
  return named;
}

async function readJson<Content>(folder: string, file: string, otherwise?: string): Promise<Content> {
  const text = (await textIfThere(join(folder, file))) ?? otherwise;
  if (text === undefined) throw new StudioError('FILE_NOT_FOUND', { file: join(folder, file) });
  // The base was checked when it was imported.
  return JSON.parse(text) as Content;
}

/** Readers that choose the type automatically take it from the config. */
async function noteType(
  folder: string,
  [dtype, ...others]: readonly FloatType[],
  fallback: OpenedModel['source']['config'],
): Promise<void> {
  if (dtype === undefined || others.length > 0) return;
  const path = join(folder, 'config.json');
  const text = (await textIfThere(path)) ?? JSON.stringify(fallback ?? {});
  const config = JSON.parse(text) as Record<string, unknown>;
  const name = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype];
  // Newer versions of transformers call it dtype.
  const key = 'dtype' in config ? 'dtype' : 'torch_dtype';
  await writeFile(path, `${JSON.stringify({ ...config, [key]: name }, null, 2)}\n`, { flush: true });
}
