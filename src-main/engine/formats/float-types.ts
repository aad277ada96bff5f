import type { StoredType } from './safetensors.ts';

/** Bytes of one number. */
export const floatBytes = { F32: 4, F16: 2, BF16: 2 } as const;

/** The types that safetensors files store weights in. */
export type FloatType = keyof typeof floatBytes;

export const floatTypes = Object.keys(floatBytes) as readonly FloatType[];

export function isFloatType(dtype: string): dtype is FloatType {
  return Object.hasOwn(floatBytes, dtype);
}

/** Stored numbers as float32. Bytes are little-endian; those of F32 are viewed in place where they are aligned. */
export function toFloat32(bytes: Buffer, dtype: StoredType): Float32Array {
  if (!isFloatType(dtype)) throw new Error(`${dtype} is not a floating-point type that can be read`);
  if (dtype === 'F32') {
    const { buffer, byteOffset, byteLength } = aligned(bytes);
    return new Float32Array(buffer, byteOffset, byteLength / floatBytes.F32);
  }
  const numbers = new Float32Array(bytes.length / floatBytes[dtype]);
  writeFloat32(bytes, dtype, numbers);
  return numbers;
}

/** The same, into existing memory. */
export function writeFloat32(bytes: Buffer, dtype: FloatType, into: Float32Array): void {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  const count = byteLength / floatBytes[dtype];
  if (dtype === 'F32') into.set(new Float32Array(buffer, byteOffset, count));
  else if (dtype === 'F16') into.set(new Float16Array(buffer, byteOffset, count));
  else {
    // A bfloat16 is the upper half of a float32. Two at a time: a model has hundreds of millions.
    const pairs = new Uint32Array(buffer, byteOffset, count >> 1);
    const words = new Uint32Array(into.buffer, into.byteOffset, count);
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as number;
      words[2 * i] = pair << 16;
      words[2 * i + 1] = pair & 0xffff0000;
    }
    if (count % 2 === 1) words[count - 1] = bytes.readUInt16LE(byteLength - 2) << 16;
  }
}

/** float32 rounded to half precision, for storing. */
export function toFloat16(data: Float32Array): Uint16Array {
  const half = Float16Array.from(data);
  return new Uint16Array(half.buffer);
}

/** float32 rounded to the nearest bfloat16, ties to even, for storing. */
function toBfloat16(data: Float32Array): Uint16Array {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  // Adds just under half of the last place kept, and one bit more where that place is odd. Infinity stays infinite; NaN
  // is never stored.
  return Uint16Array.from(words, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
}

/** float32 in the form stored for a type. */
export function fromFloat32(data: Float32Array, dtype: FloatType): Float32Array | Uint16Array {
  if (dtype === 'F32') return data;
  return dtype === 'F16' ? toFloat16(data) : toBfloat16(data);
}

/** Whether no value is NaN or infinite. Of `together` values that are all finite if one is, only the first is looked at. */
export function allFinite(data: Float32Array, together = 1): boolean {
  if (together > 1) {
    for (let i = 0; i < data.length; i += together) if (!Number.isFinite(data[i])) return false;
    return true;
  }
  // x − x is 0 for a finite x and NaN for any other, so sums tell; four independent ones run at the speed of memory.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = data.length - (data.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += (data[i] as number) - (data[i] as number);
    b += (data[i + 1] as number) - (data[i + 1] as number);
    c += (data[i + 2] as number) - (data[i + 2] as number);
    d += (data[i + 3] as number) - (data[i + 3] as number);
  }
  for (let i = whole; i < data.length; i++) a += (data[i] as number) - (data[i] as number);
  return a + b + c + d === 0;
}

function aligned(bytes: Buffer): Buffer {
  return bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(Uint8Array.from(bytes).buffer);
}
