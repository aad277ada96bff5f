import { readSync } from 'node:fs';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { allFinite } from './float-types.ts';
import { dequantise } from './gguf-blocks.ts';

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
  const { dims, dtype, file, tensor } = matrix;
  const [rows, columns] = dims;
  const rowBytes = matrix.bytes / rows;
  const [length, count] = [(to - from) * rowBytes, (to - from) * columns];
  if (stored.length < length) stored = Buffer.alloc(length);
  if (numbers.length < count) numbers = new Float32Array(count);
  const [piece, found] = [stored.subarray(0, length), numbers.subarray(0, count)];
  for (let done = 0; done < length; ) {
    const read = readSync(matrix.descriptor, piece, done, length - done, matrix.offset + from * rowBytes + done);
    if (read === 0) throw new StudioError('MODEL_FILE_INVALID', { file, ...because('FILE_ENDS_EARLY') });
    done += read;
  }
  dequantise(dtype, piece, found);
  if (!allFinite(found))
    throw new StudioError('MODEL_FILE_INVALID', { file, ...because('TENSOR_NOT_FINITE', { tensor }) });
  return found;
}
