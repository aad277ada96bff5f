/**
 * Decompresses an LZ4 block (github.com/lz4/lz4, doc/lz4_Block_format.md) to exactly `bytes` bytes. Throws if it is
 * damaged; never writes past the end.
 */
export function unpackLz4Block(packed: Uint8Array, bytes: number): Uint8Array {
  const text = new Uint8Array(bytes);
  let [from, to] = [0, 0];
  const lengthOf = (nibble: number) => {
    let length = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; length += more) more = packed[from++] ?? Number.NaN;
    return length;
  };
  while (from < packed.length) {
    const token = packed[from++] ?? 0;
    const literals = lengthOf(token >> 4);
    // Negated so that NaN lengths, from reading past the end, count as damage too.
    if (!(from + literals <= packed.length && to + literals <= bytes)) throw damaged();
    text.set(packed.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === packed.length) break;
    const distance = (packed[from] ?? 0) | ((packed[from + 1] ?? 0) << 8);
    from += 2;
    const length = lengthOf(token & 15) + 4;
    if (distance === 0 || distance > to || !(to + length <= bytes)) throw damaged();
    // The match may overlap the output being written.
    if (distance >= length) text.copyWithin(to, to - distance, to - distance + length);
    else for (let place = 0; place < length; place++) text[to + place] = text[to + place - distance] ?? 0;
    to += length;
  }
  if (to !== bytes) throw damaged();
  return text;
}

/**
 * Decompresses what Parquet's older LZ4 codec stands for: Hadoop's frames (each preceded by its two lengths in
 * big-endian), or a plain block, as some writers produce.
 */
export function unpackLz4(packed: Uint8Array, bytes: number): Uint8Array {
  return unpackFrames(packed, bytes) ?? unpackLz4Block(packed, bytes);
}

/** Undefined if the frames' lengths do not match the data. */
function unpackFrames(packed: Uint8Array, bytes: number): Uint8Array | undefined {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const text = new Uint8Array(bytes);
  let [from, to] = [0, 0];
  while (from + 8 <= packed.length) {
    const [unpacked, length] = [view.getUint32(from), view.getUint32(from + 4)];
    from += 8;
    if (from + length > packed.length || to + unpacked > bytes) return undefined;
    text.set(unpackLz4Block(packed.subarray(from, from + length), unpacked), to);
    from += length;
    to += unpacked;
  }
  return from === packed.length && to === bytes ? text : undefined;
}

function damaged(): Error {
  return new Error('an LZ4 block is damaged');
}
