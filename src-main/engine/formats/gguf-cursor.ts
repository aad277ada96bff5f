import { readSync } from 'node:fs';
import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish } from '../../../src-contract/failure-reason.ts';

/** What a metadata key may hold. Arrays of numbers stay packed; an integer too large for a double becomes a bigint. */
export type GgufValue = number | bigint | boolean | string | NumberArray | readonly GgufValue[];
type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Far above any real header (a vocabulary of 256,000 takes some 15 MB); keeps a forged one from filling memory. */
const largestHeader = 64 * 2 ** 20;
const mostElements = 4 * 2 ** 20;
/** What an array counts beside its elements: a packed one takes a kilobyte, even if it is empty. */
const arrayShare = 256;
const deepest = 4;
const windowBytes = 2 ** 20;

/**
 * Reads the header of a GGUF file, a megabyte at a time. Every length is checked against what is left of the file
 * before anything of that size is allocated. Throws MODEL_FILE_INVALID.
 */
export class GgufCursor {
  readonly #fd: number;
  readonly #size: number;
  readonly #path: string;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #position = 0;
  #elements = 0;

  constructor(fd: number, size: number, path: string) {
    this.#fd = fd;
    this.#size = size;
    this.#path = path;
  }

  get position(): number {
    return this.#position;
  }

  bytes(count: number): Buffer {
    if (count > this.#size - this.#position) throw this.invalid(because('GGUF_CUT_OFF'));
    if (this.#position + count > largestHeader)
      throw this.invalid(because('HEADER_TOO_LONG', { size: largestHeader / 2 ** 20 }));
    const from = this.#position - this.#windowStart;
    this.#position += count;
    if (from + count <= this.#window.length) return this.#window.subarray(from, from + count);
    this.#windowStart = this.#position - count;
    this.#window = this.#read(Math.min(Math.max(count, windowBytes), this.#size - this.#windowStart));
    return this.#window.subarray(0, count);
  }

  u32(): number {
    return this.bytes(4).readUInt32LE();
  }

  /** A count or an offset; values beyond 2⁵³ are invalid. */
  u64(what: string): number {
    const value = this.bytes(8).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.invalid(inEnglish(`${what} is absurdly large`));
    return Number(value);
  }

  string(what: string): string {
    const length = this.u64(`the length of ${what}`);
    try {
      return utf8.decode(this.bytes(length));
    } catch (cause) {
      if (cause instanceof StudioError) throw cause;
      throw this.invalid(inEnglish(`${what} is not UTF-8`));
    }
  }

  value(what: string, type = this.u32(), depth = 0): GgufValue {
    if (type === arrayType) return this.#array(what, depth + 1);
    if (type === stringType) return this.string(what);
    const scalar = scalars[type];
    if (scalar === undefined) throw this.invalid(inEnglish(`${what} has the unknown type ${type}`));
    const value = scalar.read(this.bytes(scalar.bytes));
    if (value === undefined) throw this.invalid(inEnglish(`${what} is neither true nor false`));
    return value;
  }

  invalid(why: Because): StudioError {
    return new StudioError('MODEL_FILE_INVALID', { file: basename(this.#path), ...why });
  }

  #array(what: string, depth: number): GgufValue {
    if (depth > deepest) throw this.invalid(inEnglish(`${what} has arrays within arrays within arrays`));
    const type = this.u32();
    const length = this.u64(`the length of ${what}`);
    const scalar = scalars[type];
    if (scalar === undefined && type !== stringType && type !== arrayType) {
      throw this.invalid(inEnglish(`${what} holds the unknown type ${type}`));
    }
    // Strings and arrays start with a length, so they take at least eight bytes.
    if (length > (this.#size - this.#position) / (scalar?.bytes ?? 8)) throw this.invalid(because('GGUF_CUT_OFF'));
    this.#elements += arrayShare + (scalar?.pack === undefined ? length : 0);
    if (this.#elements > mostElements) throw this.invalid(inEnglish(`${what} has more elements than can be read`));
    if (scalar?.pack !== undefined) {
      const bytes = this.bytes(length * scalar.bytes);
      return new scalar.pack(Uint8Array.from(bytes).buffer);
    }
    const values: GgufValue[] = [];
    for (let i = 0; i < length; i++) values.push(this.value(what, type, depth));
    return values;
  }

  #read(count: number): Buffer {
    const buffer = Buffer.alloc(count);
    for (let done = 0; done < count; ) {
      const bytes = readSync(this.#fd, buffer, done, count - done, this.#windowStart + done);
      if (bytes === 0) throw this.invalid(because('FILE_ENDS_EARLY'));
      done += bytes;
    }
    return buffer;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const stringType = 8;
const arrayType = 9;

interface Scalar {
  readonly bytes: number;
  readonly read: (bytes: Buffer) => number | bigint | boolean | undefined;
  readonly pack?: new (buffer: ArrayBuffer) => NumberArray;
}

function whole(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const scalars: Readonly<Record<number, Scalar>> = {
  0: { bytes: 1, read: (bytes) => bytes.readUInt8(), pack: Uint8Array },
  1: { bytes: 1, read: (bytes) => bytes.readInt8(), pack: Int8Array },
  2: { bytes: 2, read: (bytes) => bytes.readUInt16LE(), pack: Uint16Array },
  3: { bytes: 2, read: (bytes) => bytes.readInt16LE(), pack: Int16Array },
  4: { bytes: 4, read: (bytes) => bytes.readUInt32LE(), pack: Uint32Array },
  5: { bytes: 4, read: (bytes) => bytes.readInt32LE(), pack: Int32Array },
  6: { bytes: 4, read: (bytes) => bytes.readFloatLE(), pack: Float32Array },
  7: { bytes: 1, read: (bytes) => [false, true][bytes.readUInt8()] },
  10: { bytes: 8, read: (bytes) => whole(bytes.readBigUInt64LE()) },
  11: { bytes: 8, read: (bytes) => whole(bytes.readBigInt64LE()) },
  12: { bytes: 8, read: (bytes) => bytes.readDoubleLE(), pack: Float64Array },
};
