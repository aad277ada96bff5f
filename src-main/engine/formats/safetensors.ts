import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish } from '../../../src-contract/failure-reason.ts';
import { namedValue } from './json-value.ts';
import { createTensorFile, type TensorWriter } from './tensor-file.ts';

/**
 * The safetensors format: 8 bytes of header length (u64, little-endian), a JSON header naming each tensor's dtype,
 * shape and byte range, then the bytes. Source: huggingface/safetensors, README "Format". Read by range: opening reads
 * only the header.
 */
export interface SafetensorsFile {
  readonly path: string;
  /** The file descriptor. */
  readonly descriptor: number;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes of one tensor, as stored, in their own ArrayBuffer: they can be viewed as numbers without a copy. */
  readBytes(name: string): Promise<Buffer>;
  close(): Promise<void>;
}

export interface TensorEntry {
  readonly dtype: StoredType;
  readonly dims: readonly number[];
  /** From the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

const sizes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;
export type StoredType = keyof typeof sizes;

/**
 * Files of twenty thousand tensors have some 2 MiB. The format allows 100 MB, but V8 takes 25 times as much memory for
 * that many brackets.
 */
export const largestHeader = 16 * 2 ** 20;
/** Node reads at most 2³¹ − 1 bytes at a time. */
const largestRead = 2 ** 30;

export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
    throw new StudioError('FILE_UNREADABLE', { file: path, ...inEnglish(cause.message) }, { cause });
  });
  try {
    const { tensors, metadata } = await readHeader(file, path);
    return {
      path,
      descriptor: file.fd,
      tensors,
      metadata,
      async readBytes(name) {
        const entry = tensors.get(name);
        if (entry === undefined) throw invalid(path, because('TENSOR_MISSING', { tensor: name }));
        return readExactly(file, path, entry.offset, entry.bytes);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A tensor to write: little-endian bytes with their type and shape. */
export interface StoredTensor {
  readonly dtype: StoredType;
  readonly dims: readonly number[];
  readonly data: ArrayBufferView;
}

/**
 * The file is there whole or not at all. Tensors are written in name order. Throws DISK_FULL.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const writer = await createSafetensors(path, tensors, metadata);
  try {
    for (const name of writer.names) await writer.append((tensors.get(name) as StoredTensor).data);
    await writer.finish();
  } finally {
    await writer.close();
  }
}

/** A safetensors file being written. */
export interface SafetensorsWriter extends TensorWriter {
  /** The order in which the tensors must be appended. */
  readonly names: readonly string[];
}

/** Starts a file of tensors with known types and shapes; their data follows. Throws DISK_FULL. */
export async function createSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Omit<StoredTensor, 'data'>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<SafetensorsWriter> {
  const names = [...tensors.keys()].sort();
  const { head, end } = headOf(names, tensors, metadata);
  return { names, ...(await createTensorFile(path, head, end)) };
}

function headOf(
  names: readonly string[],
  tensors: ReadonlyMap<string, Omit<StoredTensor, 'data'>>,
  metadata: Readonly<Record<string, string>>,
): { readonly head: Buffer; readonly end: number } {
  let end = 0;
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  for (const name of names) {
    const { dtype, dims } = tensors.get(name) as StoredTensor;
    const bytes = dims.reduce((product, dim) => product * dim, sizes[dtype]);
    header[name] = { dtype, shape: dims, data_offsets: [end, end + bytes] };
    end += bytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Padded with spaces to 8 bytes, as the reference implementation does, so that data can be mapped aligned.
  const head = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  head.writeBigUInt64LE(BigInt(head.length - 8));
  json.copy(head, 8);
  return { head, end };
}

async function readHeader(file: FileHandle, path: string) {
  const facts = await file.stat();
  if (!facts.isFile()) throw new StudioError('FILE_UNREADABLE', { file: path, ...because('NOT_A_FILE') });
  const { size } = facts;
  if (size < 8) throw invalid(path, because('SAFETENSORS_TOO_SHORT'));
  const first = await readExactly(file, path, 0, 8);
  if (first.toString('latin1') === 'version ') throw invalid(path, because('GIT_LFS_POINTER'));
  const length = Number(first.readBigUInt64LE());
  if (length > size - 8) throw invalid(path, because('HEADER_CUT_OFF'));
  if (length > largestHeader) throw invalid(path, because('HEADER_TOO_LONG', { size: largestHeader / 2 ** 20 }));
  const header = parseHeader(await readExactly(file, path, 8, length), path);
  const { __metadata__: metadata = {}, ...entries } = header;
  const start = 8 + length;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(entries)) tensors.set(name, checkEntry(name, value, start, path));
  const ordered = [...tensors.values()].sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let end = start;
  for (const entry of ordered) {
    if (entry.offset !== end) throw invalid(path, because('TENSORS_WITH_GAPS'));
    end += entry.bytes;
  }
  if (end > size) throw invalid(path, because('FILE_CUT_OFF', { missing: end - size, bytes: end }));
  if (end < size) throw invalid(path, because('BYTES_FOLLOW', { bytes: size - end }));
  return { tensors, metadata: checkMetadata(metadata, path) };
}

function parseHeader(bytes: Buffer, path: string): Record<string, unknown> {
  // Required by the format; the decoder below would skip a byte order mark, and the parser white space.
  if (bytes[0] !== 0x7b) throw invalid(path, because('HEADER_BEGINS_OTHERWISE', { brace: '{' }));
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch (cause) {
    throw invalid(path, because('HEADER_NOT_JSON'), cause);
  }
  throw invalid(path, because('HEADER_NOT_JSON_OBJECT'));
}

function checkEntry(name: string, value: unknown, start: number, path: string): TensorEntry {
  const { dtype, shape, data_offsets: range } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(sizes, dtype))
    throw invalid(
      path,
      because('TENSOR_TYPE_UNKNOWN', {
        tensor: name,
        type: typeof dtype === 'string' ? dtype : namedValue(dtype ?? null),
      }),
    );
  if (!Array.isArray(shape) || !shape.every(isSize))
    throw invalid(path, because('TENSOR_SHAPE_INVALID', { tensor: name }));
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isSize))
    throw invalid(path, because('TENSOR_RANGE_INVALID', { tensor: name }));
  const [from, to] = range as [number, number];
  const bytes = shape.reduce((product: number, dim: number) => product * dim, sizes[dtype as StoredType]);
  if (!Number.isSafeInteger(bytes) || to - from !== bytes)
    throw invalid(path, because('TENSOR_BYTES', { tensor: name, found: to - from, needed: bytes }));
  return { dtype: dtype as StoredType, dims: shape as number[], offset: start + from, bytes };
}

function checkMetadata(metadata: unknown, path: string): Record<string, string> {
  const valid =
    typeof metadata === 'object' &&
    metadata !== null &&
    !Array.isArray(metadata) &&
    Object.values(metadata).every((value) => typeof value === 'string');
  if (!valid) throw invalid(path, because('METADATA_NOT_TEXTS'));
  return metadata as Record<string, string>;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

async function readExactly(file: FileHandle, path: string, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, Math.min(largestRead, length - done), offset + done);
    if (bytesRead === 0) throw invalid(path, because('FILE_ENDS_EARLY'));
    done += bytesRead;
  }
  return buffer;
}

function invalid(path: string, why: Because, cause?: unknown): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: basename(path), ...why }, { cause });
}
