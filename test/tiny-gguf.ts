import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openGguf } from '../src-main/engine/formats/gguf.ts';
import { padded, string, u32, u64 } from '../src-main/engine/formats/gguf-bytes.ts';
import { GgufCursor } from '../src-main/engine/formats/gguf-cursor.ts';

const golden = path.join(import.meta.dirname, 'numerics/golden');

/**
 * Writes a complete model as a GGUF file of 150 kB: the golden Llama with the golden tokenizer, whose vocabulary is
 * larger than the model's, so that its embeddings are arbitrary. It can be imported; its answers are meaningless.
 */
export async function writeTinyGguf(to: string): Promise<void> {
  const [model, words] = [path.join(golden, 'llama-tiny.gguf'), path.join(golden, 'tokenizers/smollm.gguf')];
  const keys = new Map([...keysOf(words), ...keysOf(model)]);
  const [weights, tokenizer] = [await openGguf(model), await openGguf(words)];
  const tokens = (tokenizer.metadata.get('tokenizer.ggml.tokens') as readonly string[]).length;
  const head = [Buffer.from('GGUF'), u32(3), u64(weights.tensors.size), u64(keys.size), ...keys.values()];
  const parts: Buffer[] = [];
  for (const [name, tensor] of weights.tensors) {
    const isTokens = name === 'token_embd.weight';
    const dims = isTokens ? [tokens, tensor.dims[1] ?? 0] : tensor.dims;
    const offset = parts.reduce((sum, part) => sum + part.length, 0);
    // The fastest axis first. Type 0 is float32.
    head.push(string(name), u32(dims.length), ...dims.toReversed().map(u64), u32(0), u64(offset));
    parts.push(padded(isTokens ? waves(tokens * (dims[1] ?? 0)) : await weights.readBytes(name)));
  }
  await Promise.all([weights.close(), tokenizer.close()]);
  writeFileSync(to, Buffer.concat([padded(Buffer.concat(head)), ...parts]));
}

/** Each key with its value, as raw bytes of the file. */
function keysOf(file: string): Map<string, Buffer> {
  const bytes = readFileSync(file);
  const fd = openSync(file, 'r');
  try {
    const cursor = new GgufCursor(fd, statSync(file).size, file);
    cursor.bytes(8);
    cursor.u64('tensors');
    const found = new Map<string, Buffer>();
    for (let left = cursor.u64('keys'); left > 0; left--) {
      const from = cursor.position;
      const key = cursor.string('a key');
      cursor.value(key);
      found.set(key, bytes.subarray(from, cursor.position));
    }
    return found;
  } finally {
    closeSync(fd);
  }
}

function waves(count: number): Buffer {
  return Buffer.from(Float32Array.from({ length: count }, (_, place) => Math.sin(place * 1.7) / 8).buffer);
}
