import { fileSignatures } from '../../../src-contract/file-signature.ts';
import type { WrittenType } from './gguf-blocks.ts';
import { f32, padded, paddedLength, string, u32, u64 } from './gguf-bytes.ts';
import { type GgufType, ggufTypes } from './gguf-types.ts';
import { createTensorFile, type TensorWriter } from './tensor-file.ts';

/** A metadata value. Numbers are written as unsigned integers unless they are marked as floats. */
export type GgufMetadata = string | boolean | number | { readonly float: number } | GgufList;
type GgufList = readonly string[] | Int32Array | Float32Array;

export interface GgufTensorPlan {
  readonly dtype: WrittenType;
  /** Row-major. */
  readonly dims: readonly number[];
}

/**
 * Starts a GGUF file; the data of its tensors must be appended in the order given. Source: ggml-org/ggml, docs/gguf.md.
 * Throws DISK_FULL.
 */
export async function createGguf(
  path: string,
  metadata: ReadonlyMap<string, GgufMetadata>,
  tensors: ReadonlyMap<string, GgufTensorPlan>,
): Promise<TensorWriter> {
  const pieces = [Buffer.from(fileSignatures.GGUF), u32(3), u64(tensors.size), u64(metadata.size)];
  for (const [key, value] of metadata) pieces.push(string(key), ...valueBytes(value));
  let end = 0;
  for (const [name, { dtype, dims }] of tensors) {
    const [id, { elements, bytes }] = typesByName.get(dtype) as [number, GgufType];
    // The fastest axis first.
    pieces.push(string(name), u32(dims.length), ...dims.toReversed().map(u64), u32(id), u64(end));
    end += paddedLength(dims.reduce((product, dim) => product * dim, bytes / elements));
  }
  const writer = await createTensorFile(path, padded(Buffer.concat(pieces)), end);
  return { ...writer, append: (data) => writer.append(padded(bytesOf(data))) };
}

const typesByName = new Map([...ggufTypes].map((type) => [type[1].name, type]));
/** By the numbers that files use. */
const types = { u32: 4, i32: 5, f32: 6, boolean: 7, string: 8, list: 9 } as const;

function valueBytes(value: GgufMetadata): Buffer[] {
  if (typeof value === 'string') return [u32(types.string), string(value)];
  if (typeof value === 'boolean') return [u32(types.boolean), Buffer.from([value ? 1 : 0])];
  if (typeof value === 'number') return [u32(types.u32), u32(value)];
  if ('float' in value) return [u32(types.f32), f32(value.float)];
  const start = (type: number) => [u32(types.list), u32(type), u64(value.length)];
  if (value instanceof Int32Array) return [...start(types.i32), bytesOf(value)];
  if (value instanceof Float32Array) return [...start(types.f32), bytesOf(value)];
  return [...start(types.string), ...(value as readonly string[]).map(string)];
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
