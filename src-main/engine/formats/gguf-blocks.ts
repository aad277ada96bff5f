import { type FloatType, fromFloat32, isFloatType, writeFloat32 } from './float-types.ts';

/** The types that weights are written in. */
export type WrittenType = FloatType | 'Q8_0';

/** How many numbers of a row share a scale in Q8_0. */
export const q8Elements = 32;

/**
 * Converts the stored numbers of a GGUF tensor, mostly in blocks, to float32. The layouts and formulas are those of
 * ggml-quants.c (`dequantize_row_*`); the products are exact in float32, so the results are the same to the last bit.
 */
export function dequantise(type: string, bytes: Buffer, out: Float32Array): void {
  if (isFloatType(type)) writeFloat32(bytes, type, out);
  else readBlocks(type, bytes, out);
}

function readBlocks(type: string, bytes: Buffer, out: Float32Array): void {
  const block = blocks[type];
  if (block === undefined) throw new Error(`${type} cannot be dequantised`);
  const [size, elements, read] = block;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0, o = 0; o < out.length; at += size, o += elements) read(bytes, view, at, out, o);
}

/** How many numbers in a row are finite if one of them is. */
export function finiteTogether(type: string): number {
  // Of a block, only the factors that all its numbers share can be infinite or NaN.
  return isFloatType(type) ? 1 : leastBlock;
}

export function canDequantise(type: string): boolean {
  return isFloatType(type) || Object.hasOwn(blocks, type);
}

/** The inverse of `dequantise`, rounding to the nearest. Rows of Q8_0 are multiples of `q8Elements`. */
export function quantise(type: WrittenType, numbers: Float32Array): Float32Array | Uint16Array | Uint8Array {
  return type === 'Q8_0' ? q8_0Blocks(numbers) : fromFloat32(numbers, type);
}

/** Every step is rounded to float32, as by `quantize_row_q8_0_ref`: the bytes are the same. */
function q8_0Blocks(numbers: Float32Array): Uint8Array {
  const bytes = new Uint8Array((numbers.length / q8Elements) * 34);
  const view = new DataView(bytes.buffer);
  for (let from = 0, at = 0; from < numbers.length; from += q8Elements, at += 34) {
    let most = 0;
    for (let j = 0; j < q8Elements; j++) most = Math.max(most, Math.abs(numbers[from + j] as number));
    const d = Math.fround(most / 127);
    const inverse = d === 0 ? 0 : Math.fround(1 / d);
    view.setFloat16(at, d, true);
    for (let j = 0; j < q8Elements; j++) {
      const q = Math.fround((numbers[from + j] as number) * inverse);
      // Halves are rounded away from zero, as by C's `roundf`.
      view.setInt8(at + 2 + j, q < 0 ? Math.ceil(q - 0.5) : Math.floor(q + 0.5));
    }
  }
  return bytes;
}

/** Numbers in the smallest block; the others are multiples of it. */
const leastBlock = 32;

type ReadBlock = (bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number) => void;

/** Bytes per block, numbers in it, and its reader. */
const blocks: Readonly<Record<string, readonly [number, number, ReadBlock]>> = {
  Q4_0: [18, 32, q4_0],
  Q4_1: [20, 32, q4_1],
  Q5_0: [22, 32, q5_0],
  Q5_1: [24, 32, q5_1],
  Q8_0: [34, 32, q8_0],
  Q2_K: [84, 256, q2K],
  Q3_K: [110, 256, q3K],
  Q4_K: [144, 256, q4K],
  Q5_K: [176, 256, q5K],
  Q6_K: [210, 256, q6K],
};

/** d f16 · 16 bytes of two numbers each: the low nibbles first, then the high ones. x = d (q − 8). */
function q4_0(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at, true);
  for (let j = 0; j < 16; j++) {
    const q = bytes[at + 2 + j] as number;
    out[o + j] = d * ((q & 15) - 8);
    out[o + j + 16] = d * ((q >> 4) - 8);
  }
}

/** d f16 · m f16 · 16 bytes. x = d q + m. */
function q4_1(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at, true);
  const m = view.getFloat16(at + 2, true);
  for (let j = 0; j < 16; j++) {
    const q = bytes[at + 4 + j] as number;
    out[o + j] = d * (q & 15) + m;
    out[o + j + 16] = d * (q >> 4) + m;
  }
}

/** d f16 · the fifth bits, u32 · 16 bytes. x = d (q − 16). */
function q5_0(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at, true);
  const high = view.getUint32(at + 2, true);
  for (let j = 0; j < 16; j++) {
    const q = bytes[at + 6 + j] as number;
    out[o + j] = d * (((q & 15) | (((high >>> j) & 1) << 4)) - 16);
    out[o + j + 16] = d * (((q >> 4) | (((high >>> (j + 16)) & 1) << 4)) - 16);
  }
}

/** d f16 · m f16 · the fifth bits, u32 · 16 bytes. x = d q + m. */
function q5_1(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at, true);
  const m = view.getFloat16(at + 2, true);
  const high = view.getUint32(at + 4, true);
  for (let j = 0; j < 16; j++) {
    const q = bytes[at + 8 + j] as number;
    out[o + j] = d * ((q & 15) | (((high >>> j) & 1) << 4)) + m;
    out[o + j + 16] = d * ((q >> 4) | (((high >>> (j + 16)) & 1) << 4)) + m;
  }
}

/** d f16 · 32 signed bytes. x = d q. */
function q8_0(_: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at, true);
  for (let j = 0; j < 32; j++) out[o + j] = d * view.getInt8(at + 2 + j);
}

/** 16 bytes of scale (low half) and minimum (high half) · 64 bytes of four numbers each · d f16 · dmin f16. */
function q2K(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at + 80, true);
  const dMin = view.getFloat16(at + 82, true);
  for (let group = 0; group < 16; group++) {
    const scale = bytes[at + group] as number;
    const dl = d * (scale & 15);
    const ml = dMin * (scale >> 4);
    // Eight groups share 32 bytes: two side by side, at four bit positions.
    const from = at + 16 + (group >> 3) * 32 + (group & 1) * 16;
    const shift = ((group >> 1) & 3) * 2;
    for (let l = 0; l < 16; l++) out[o + group * 16 + l] = dl * (((bytes[from + l] as number) >> shift) & 3) - ml;
  }
}

/** 32 bytes of third bits · 64 bytes of four numbers each · 16 scales of six bits in 12 bytes · d f16. */
function q3K(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at + 108, true);
  const scales = at + 96;
  for (let group = 0; group < 16; group++) {
    const lowByte = bytes[scales + (group & 7)] as number;
    const low = group < 8 ? lowByte & 15 : lowByte >> 4;
    const high = ((bytes[scales + 8 + (group & 3)] as number) >> ((group >> 2) * 2)) & 3;
    const dl = d * ((low | (high << 4)) - 32);
    const side = (group & 1) * 16;
    const from = at + 32 + (group >> 3) * 32 + side;
    const shift = ((group >> 1) & 3) * 2;
    const bit = 1 << (group >> 1);
    for (let l = 0; l < 16; l++) {
      const q = ((bytes[from + l] as number) >> shift) & 3;
      out[o + group * 16 + l] = dl * (q - ((bytes[at + side + l] as number) & bit ? 0 : 4));
    }
  }
}

/** d f16 · dmin f16 · 8 scales and minima of six bits in 12 bytes · 128 bytes of two numbers each. */
function q4K(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at, true);
  const dMin = view.getFloat16(at + 2, true);
  for (let group = 0; group < 8; group++) {
    const dl = d * sixBitScale(bytes, at + 4, group);
    const ml = dMin * sixBitMinimum(bytes, at + 4, group);
    const from = at + 16 + (group >> 1) * 32;
    const shift = (group & 1) * 4;
    for (let l = 0; l < 32; l++) out[o + group * 32 + l] = dl * (((bytes[from + l] as number) >> shift) & 15) - ml;
  }
}

/** As q4K, with 32 bytes of fifth bits before the numbers. */
function q5K(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at, true);
  const dMin = view.getFloat16(at + 2, true);
  for (let group = 0; group < 8; group++) {
    const dl = d * sixBitScale(bytes, at + 4, group);
    const ml = dMin * sixBitMinimum(bytes, at + 4, group);
    const from = at + 48 + (group >> 1) * 32;
    const shift = (group & 1) * 4;
    for (let l = 0; l < 32; l++) {
      const high = (((bytes[at + 16 + l] as number) >> group) & 1) << 4;
      out[o + group * 32 + l] = dl * ((((bytes[from + l] as number) >> shift) & 15) | high) - ml;
    }
  }
}

/** 128 bytes of low halves · 64 bytes of upper pairs of bits · 16 signed scales · d f16. x = d scale (q − 32). */
function q6K(bytes: Buffer, view: DataView, at: number, out: Float32Array, o: number): void {
  const d = view.getFloat16(at + 208, true);
  for (let half = 0; half < 2; half++) {
    for (let quarter = 0; quarter < 4; quarter++) {
      const low = at + half * 64 + (quarter & 1) * 32;
      const lowShift = (quarter >> 1) * 4;
      const high = at + 128 + half * 32;
      const highShift = quarter * 2;
      for (let side = 0; side < 32; side += 16) {
        const dl = d * view.getInt8(at + 192 + half * 8 + quarter * 2 + side / 16);
        const into = o + half * 128 + quarter * 32;
        for (let l = side; l < side + 16; l++) {
          const q =
            (((bytes[low + l] as number) >> lowShift) & 15) | ((((bytes[high + l] as number) >> highShift) & 3) << 4);
          out[into + l] = dl * (q - 32);
        }
      }
    }
  }
}

export function sixBitScale(bytes: Buffer, at: number, group: number): number {
  if (group < 4) return (bytes[at + group] as number) & 63;
  return ((bytes[at + group + 4] as number) & 15) | (((bytes[at + group - 4] as number) >> 6) << 4);
}

export function sixBitMinimum(bytes: Buffer, at: number, group: number): number {
  if (group < 4) return (bytes[at + group + 4] as number) & 63;
  return ((bytes[at + group + 4] as number) >> 4) | (((bytes[at + group] as number) >> 6) << 4);
}
