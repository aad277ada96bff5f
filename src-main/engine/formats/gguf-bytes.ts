// How GGUF writes values, little-endian. Source: ggml, docs/gguf.md.

/** The format's default; tensors start at multiples of it. */
const alignment = 32;

/** Pads with zeros to where the next tensor may start. */
export function padded(bytes: Buffer): Buffer {
  const rest = paddedLength(bytes.length) - bytes.length;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(rest)]);
}

export function paddedLength(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** A string preceded by its length. */
export function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
