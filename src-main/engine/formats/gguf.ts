import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish } from '../../../src-contract/failure-reason.ts';
import { fileSignatures } from '../../../src-contract/file-signature.ts';
import { canDequantise, dequantise } from './gguf-blocks.ts';
import { GgufCursor, type GgufValue } from './gguf-cursor.ts';
import { type GgufType, ggufTypes } from './gguf-types.ts';

/**
 * The GGUF format: magic, version and counts, then typed metadata, then an entry for each tensor, then the tensors'
 * bytes at a common alignment. Source: ggml-org/ggml, docs/gguf.md. Read by range: opening reads only the header.
 */
export interface GgufFile {
  readonly path: string;
  /** The file descriptor. */
  readonly descriptor: number;
  readonly sizeBytes: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Bytes as stored, in blocks. */
  readBytes(name: string): Promise<Buffer>;
  /** The numbers of a tensor, row by row. Throws MODEL_UNSUPPORTED for a type that cannot be read. */
  readFloat32(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface GgufTensor {
  readonly type: GgufType;
  /** Row-major, as everywhere here: the file has them reversed. */
  readonly dims: readonly number[];
  /** From the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID. */
export async function openGguf(path: string): Promise<GgufFile> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
    throw new StudioError('FILE_UNREADABLE', { file: path, ...inEnglish(cause.message) }, { cause });
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new StudioError('FILE_UNREADABLE', { file: path, ...because('NOT_A_FILE') });
    const { metadata, tensors } = readHeader(new GgufCursor(file.fd, facts.size, path), facts.size);
    const entryOf = (name: string) => {
      const entry = tensors.get(name);
      if (entry === undefined) throw invalid(path, because('TENSOR_MISSING', { tensor: name }));
      return entry;
    };
    return {
      path,
      descriptor: file.fd,
      sizeBytes: facts.size,
      metadata,
      tensors,
      readBytes: (name) => readExactly(file, path, entryOf(name).offset, entryOf(name).bytes),
      readFloat32: (name) => readNumbers(file, path, name, entryOf(name)),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Roughly how much is read and converted at a time: a whole tensor's stored bytes are never in memory. */
const pieceBytes = 4 * 2 ** 20;
const longestName = 64;
const mostDims = 4;
const largestAlignment = 2 ** 20;

/** `end` is where the header ends; `size`, that of the file. Throws MODEL_FILE_INVALID. */
export function readHeader(cursor: GgufCursor, size: number) {
  checkMagic(cursor);
  const tensorCount = cursor.u64('the number of its tensors');
  const keyCount = cursor.u64('the number of its keys');
  const metadata = new Map<string, GgufValue>();
  for (let k = 0; k < keyCount; k++) {
    const key = cursor.string('a key');
    if (key === '') throw cursor.invalid(because('KEY_EMPTY'));
    if (metadata.has(key)) throw cursor.invalid(because('KEY_TWICE', { key }));
    metadata.set(key, cursor.value(`“${key}”`));
  }
  const alignment = alignmentOf(metadata, cursor);
  const entries = new Map<string, GgufTensor>();
  for (let t = 0; t < tensorCount; t++) {
    const name = cursor.string('the name of a tensor');
    if (Buffer.byteLength(name) > longestName)
      throw cursor.invalid(because('TENSOR_NAME_LONG', { bytes: longestName }));
    if (entries.has(name)) throw cursor.invalid(because('TENSOR_TWICE', { tensor: name }));
    entries.set(name, readEntry(cursor, name, alignment));
  }
  const end = cursor.position;
  const start = Math.ceil(end / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const [name, entry] of entries) tensors.set(name, { ...entry, offset: start + entry.offset });
  checkPlaces(tensors, size, cursor);
  return { metadata, tensors, end };
}

function checkMagic(cursor: GgufCursor): void {
  if (cursor.bytes(fileSignatures.GGUF.length).toString('latin1') !== fileSignatures.GGUF) {
    throw cursor.invalid(because('GGUF_MARK_MISSING'));
  }
  const version = cursor.u32();
  if (version === 2 || version === 3) return;
  // The lower half of a version is 0 only where the byte order is reversed.
  if (version !== 0 && (version & 0xffff) === 0) throw cursor.invalid(because('GGUF_BIG_ENDIAN'));
  throw cursor.invalid(because('GGUF_VERSION', { version: String(version) }));
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>, cursor: GgufCursor): number {
  const value = metadata.get('general.alignment') ?? 32;
  const isPower = typeof value === 'number' && value > 0 && Number.isInteger(Math.log2(value));
  if (!isPower || value > largestAlignment) throw cursor.invalid(because('GGUF_ALIGNMENT'));
  return value;
}

function readEntry(cursor: GgufCursor, name: string, alignment: number): GgufTensor {
  const what = `the entry of ${name}`;
  const count = cursor.u32();
  if (count < 1 || count > mostDims) throw cursor.invalid(because('TENSOR_DIMENSIONS', { tensor: name, count }));
  const sizes = Array.from({ length: count }, () => cursor.u64(what));
  const id = cursor.u32();
  const offset = cursor.u64(what);
  const type = ggufTypes.get(id);
  if (type === undefined) throw cursor.invalid(because('TENSOR_TYPE_UNKNOWN', { tensor: name, type: id }));
  if (sizes.includes(0)) throw cursor.invalid(because('TENSOR_DIMENSION_ZERO', { tensor: name }));
  if ((sizes[0] as number) % type.elements !== 0) {
    throw cursor.invalid(because('TENSOR_BLOCKS', { tensor: name, elements: type.elements }));
  }
  const elements = sizes.reduce((product, size) => product * size, 1);
  const bytes = (elements / type.elements) * type.bytes;
  if (!Number.isSafeInteger(elements) || !Number.isSafeInteger(bytes)) {
    throw cursor.invalid(because('TENSOR_TOO_LARGE', { tensor: name }));
  }
  if (offset % alignment !== 0) throw cursor.invalid(because('TENSOR_UNALIGNED', { tensor: name, alignment }));
  return { type, dims: sizes.reverse(), offset, bytes };
}

function checkPlaces(tensors: ReadonlyMap<string, GgufTensor>, size: number, cursor: GgufCursor): void {
  let end = 0;
  for (const [name, { offset, bytes }] of [...tensors].sort(([, a], [, b]) => a.offset - b.offset)) {
    if (offset < end) throw cursor.invalid(because('TENSORS_OVERLAP'));
    end = offset + bytes;
    if (end > size) throw cursor.invalid(because('TENSOR_CUT_OFF', { tensor: name, bytes: end - size }));
  }
}

async function readNumbers(file: FileHandle, path: string, name: string, entry: GgufTensor): Promise<Float32Array> {
  const { type, dims, offset, bytes } = entry;
  if (!canDequantise(type.name)) {
    const known = readableTypes.join(', ');
    const why = because('TENSOR_TYPE_UNREADABLE', { tensor: name, type: type.name, known });
    throw new StudioError('MODEL_UNSUPPORTED', { file: basename(path), ...why });
  }
  const out = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  const blocks = bytes / type.bytes;
  const step = Math.max(1, Math.floor(pieceBytes / type.bytes));
  for (let block = 0; block < blocks; block += step) {
    const end = Math.min(blocks, block + step);
    const piece = await readExactly(file, path, offset + block * type.bytes, (end - block) * type.bytes);
    dequantise(type.name, piece, out.subarray(block * type.elements, end * type.elements));
  }
  return out;
}

export const readableTypes: readonly string[] = [...ggufTypes.values()].map(({ name }) => name).filter(canDequantise);

async function readExactly(file: FileHandle, path: string, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, done, Math.min(2 ** 30, length - done), offset + done);
    if (bytesRead === 0) throw invalid(path, because('FILE_ENDS_EARLY'));
    done += bytesRead;
  }
  return buffer;
}

function invalid(path: string, why: Because): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: basename(path), ...why });
}
