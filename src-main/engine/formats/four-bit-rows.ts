import { sixBitMinimum, sixBitScale } from './gguf-blocks.ts';
import { checkFinite, readBytes, type StoredMatrix } from './stored-matrix.ts';

/** A matrix in four-bit blocks, as `matmulInt4` takes it. */
export interface FourBitBlocks {
  /** Two numbers to a byte: one of the block's first half in the low bits, the one 16 places on in the high bits. */
  readonly integers: Uint8Array;
  /** value = number · scale + minimum, for each block. */
  readonly scales: Float32Array;
  readonly minima: Float32Array;
}

/** Rows read at a time. */
const rowsAtOnce = 256;
const blockNumbers = 32;
const blockBytes = 16;

/** Whether a matrix is stored in blocks of 32 four-bit numbers with a scale and a minimum. */
export function isFourBit(dtype: string): boolean {
  return Object.hasOwn(readers, dtype);
}

/**
 * A matrix that is stored in four-bit blocks, with its very numbers: unlike `toFourBits` of its floats, this guesses
 * nothing. Throws MODEL_FILE_INVALID.
 */
export function readFourBits(matrix: StoredMatrix): FourBitBlocks {
  const [rows, columns] = matrix.dims;
  const count = (rows * columns) / blockNumbers;
  const blocks = {
    integers: new Uint8Array(count * blockBytes),
    scales: new Float32Array(count),
    minima: new Float32Array(count),
  };
  const [size, of, read] = readers[matrix.dtype] as Reader;
  let block = 0;
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const bytes = readBytes(matrix, from, Math.min(rows, from + rowsAtOnce));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += size, block += of) read({ bytes, view, at }, blocks, block);
  }
  checkFinite(matrix, blocks.scales);
  checkFinite(matrix, blocks.minima);
  return blocks;
}

interface Stored {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly at: number;
}

/** Bytes of a stored block, how many blocks of 32 numbers it is, and what reads it. */
type Reader = readonly [size: number, of: number, read: (from: Stored, into: FourBitBlocks, block: number) => void];

/** For the layouts see `gguf-blocks.ts`. */
const readers: Readonly<Record<string, Reader>> = {
  Q4_0: [18, 1, q4_0],
  Q4_1: [20, 1, q4_1],
  Q4_K: [144, 8, q4K],
};

function q4_0({ bytes, view, at }: Stored, { integers, scales, minima }: FourBitBlocks, block: number): void {
  const d = view.getFloat16(at, true);
  scales[block] = d;
  minima[block] = -8 * d;
  for (let j = 0; j < blockBytes; j++) integers[block * blockBytes + j] = bytes[at + 2 + j] as number;
}

function q4_1({ bytes, view, at }: Stored, { integers, scales, minima }: FourBitBlocks, block: number): void {
  scales[block] = view.getFloat16(at, true);
  minima[block] = view.getFloat16(at + 2, true);
  for (let j = 0; j < blockBytes; j++) integers[block * blockBytes + j] = bytes[at + 4 + j] as number;
}

/** Two blocks share 32 bytes: one has the low bits, the other the high ones. */
function q4K({ bytes, view, at }: Stored, { integers, scales, minima }: FourBitBlocks, block: number): void {
  const d = view.getFloat16(at, true);
  const dMin = view.getFloat16(at + 2, true);
  for (let group = 0; group < 8; group++) {
    scales[block + group] = d * sixBitScale(bytes, at + 4, group);
    minima[block + group] = -dMin * sixBitMinimum(bytes, at + 4, group);
    const from = at + 16 + (group >> 1) * 32;
    const shift = (group & 1) * 4;
    for (let j = 0; j < blockBytes; j++) {
      const low = ((bytes[from + j] as number) >> shift) & 15;
      const high = ((bytes[from + blockBytes + j] as number) >> shift) & 15;
      integers[(block + group) * blockBytes + j] = low | (high << 4);
    }
  }
}
