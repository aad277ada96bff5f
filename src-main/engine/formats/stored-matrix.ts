import { read as readInto, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { allFinite } from './float-types.ts';
import { dequantise, finiteTogether } from './gguf-blocks.ts';

/**
 * A matrix in an open file: plain data with which any thread of the process can read some rows at a time. If read
 * whole, a model's matrices take longer to allocate than to round.
 */
export interface StoredMatrix {
  readonly dims: readonly [rows: number, columns: number];
  readonly dtype: string;
  /** The file descriptor, which is valid in all threads; the names of file and tensor, for messages. */
  readonly descriptor: number;
  readonly file: string;
  readonly tensor: string;
  /** From the start of the file. */
  readonly offset: number;
  readonly bytes: number;
  /** Of this many heads, each one's rows are those of its two halves in turn, as llama.cpp stores Wq and Wk. */
  readonly interleavedHeads?: number;
}

/** The rows of a matrix held in memory as stored. */
export interface StoredRows {
  /** Rows `from` up to, but not including, `to`, as float32, into an array of exactly that size. */
  unpack(from: number, to: number, into: Float32Array): void;
}

export function isMatrix(dims: readonly number[]): dims is StoredMatrix['dims'] {
  return dims.length === 2;
}

export function rowsIn(bytes: Buffer, { dtype, rows }: { readonly dtype: string; readonly rows: number }): StoredRows {
  const rowBytes = bytes.length / rows;
  return { unpack: (from, to, into) => dequantise(dtype, bytes.subarray(from * rowBytes, to * rowBytes), into) };
}

let stored = Buffer.alloc(0);
let numbers = new Float32Array(0);

/** Rows [from, to) of a matrix, [rows, columns]; valid until the next call. Throws MODEL_FILE_INVALID. */
export function readRows(matrix: StoredMatrix, from: number, to: number): Float32Array {
  const count = (to - from) * matrix.dims[1];
  if (numbers.length < count) numbers = new Float32Array(count);
  const found = numbers.subarray(0, count);
  dequantise(matrix.dtype, readBytes(matrix, from, to), found);
  checkFinite(matrix, found, finiteTogether(matrix.dtype));
  return found;
}

/** Rows [from, to) of a matrix as they are stored; valid until the next call. Throws MODEL_FILE_INVALID. */
export function readBytes(matrix: StoredMatrix, from: number, to: number): Buffer {
  const rowBytes = matrix.bytes / matrix.dims[0];
  const length = (to - from) * rowBytes;
  if (stored.length < length) stored = Buffer.alloc(length);
  const piece = stored.subarray(0, length);
  if (matrix.interleavedHeads === undefined) fill(piece, matrix, from * rowBytes);
  else
    for (let row = from; row < to; row++) {
      const place = interleavedRow(row, matrix.dims[0] / matrix.interleavedHeads);
      fill(piece.subarray((row - from) * rowBytes, (row - from + 1) * rowBytes), matrix, place * rowBytes);
    }
  return piece;
}

/** Throws MODEL_FILE_INVALID if a number is NaN or infinite; `together` as in `allFinite`. */
export function checkFinite({ file, tensor }: StoredMatrix, numbers: Float32Array, together = 1): void {
  if (!allFinite(numbers, together))
    throw new StudioError('MODEL_FILE_INVALID', { file, ...because('TENSOR_NOT_FINITE', { tensor }) });
}

type StoredBytes = Pick<StoredMatrix, 'dtype' | 'descriptor' | 'file' | 'offset' | 'bytes'>;

/** Whether two tensors of open files have the same bytes, of which only a piece is ever in memory. */
export async function isStoredAlike(one: StoredBytes, other: StoredBytes): Promise<boolean> {
  if (one.dtype !== other.dtype || one.bytes !== other.bytes) return false;
  for (let start = 0; start < one.bytes; start += pieceBytes) {
    const length = Math.min(pieceBytes, one.bytes - start);
    const [first, second] = await Promise.all([readPiece(one, start, length), readPiece(other, start, length)]);
    if (!first.equals(second)) return false;
  }
  return true;
}

const pieceBytes = 4 * 2 ** 20;
const read = promisify(readInto);

async function readPiece({ descriptor, file, offset }: StoredBytes, start: number, length: number): Promise<Buffer> {
  const piece = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await read(descriptor, piece, done, length - done, offset + start + done);
    if (bytesRead === 0) throw new StudioError('MODEL_FILE_INVALID', { file, ...because('FILE_ENDS_EARLY') });
    done += bytesRead;
  }
  return piece;
}

/** Where a row is among those of its head, which are interleaved: those of the first half are at even places. */
export function interleavedRow(row: number, perHead: number): number {
  const inHead = row % perHead;
  return row - inHead + 2 * (inHead % (perHead / 2)) + Math.floor(inHead / (perHead / 2));
}

function fill(piece: Buffer, { descriptor, file, offset }: StoredMatrix, start: number): void {
  for (let done = 0; done < piece.length; ) {
    const read = readSync(descriptor, piece, done, piece.length - done, offset + start + done);
    if (read === 0) throw new StudioError('MODEL_FILE_INVALID', { file, ...because('FILE_ENDS_EARLY') });
    done += read;
  }
}
