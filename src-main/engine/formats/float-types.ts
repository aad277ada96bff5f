import type { StoredType } from './safetensors.ts';

/** Stored numbers as float32. bytes are little-endian, `dtype` one of F32, F16, BF16. */
export function toFloat32(bytes: Buffer, dtype: StoredType): Float32Array {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'F16':
      return Float32Array.from(new Float16Array(buffer, byteOffset, byteLength / 2));
    case 'BF16': {
      const stored = new Uint16Array(buffer, byteOffset, byteLength / 2);
      // A bfloat16 is the upper half of a float32.
      const words = new Uint32Array(stored.length);
      for (let i = 0; i < stored.length; i++) words[i] = (stored[i] as number) << 16;
      return new Float32Array(words.buffer);
    }
    default:
      throw new Error(`${dtype} is not a floating-point type that can be read`);
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
  // Half of the last place that is kept, and a bit more where that place is odd. Infinite stays infinite; NaN is never stored.
  return Uint16Array.from(words, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
}

/** float32 as it is stored under a type. */
export function fromFloat32(data: Float32Array, dtype: 'F32' | 'F16' | 'BF16'): Float32Array | Uint16Array {
  if (dtype === 'F32') return data;
  return dtype === 'F16' ? toFloat16(data) : toBfloat16(data);
}

/** Whether no value is NaN or infinite. */
export function allFinite(data: Float32Array): boolean {
  // x − x is 0 for a finite x and NaN for any other: sums tell, four of which wait for no other, at the speed of memory.
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
