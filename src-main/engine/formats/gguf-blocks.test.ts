import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { allFinite } from './float-types.ts';
import { dequantise, finiteTogether } from './gguf-blocks.ts';

// Bytes of a block, its numbers, and where its factors are, as in ggml-common.h.
test.each([
  ['Q4_0', 18, 32, [0]],
  ['Q4_1', 20, 32, [0, 2]],
  ['Q5_0', 22, 32, [0]],
  ['Q5_1', 24, 32, [0, 2]],
  ['Q8_0', 34, 32, [0]],
  ['Q2_K', 84, 256, [80, 82]],
  ['Q3_K', 110, 256, [108]],
  ['Q4_K', 144, 256, [0, 2]],
  ['Q5_K', 176, 256, [0, 2]],
  ['Q6_K', 210, 256, [208]],
] as const)('in %s a factor that is not finite shows in every number of its block', (type, size, numbers, factors) => {
  const random = new Random(1);
  const bytes = Buffer.from(Uint8Array.from({ length: 3 * size }, () => 256 * random.uniform()));
  const blocks = [0, size, 2 * size];
  for (const block of blocks) for (const at of factors) bytes.writeUInt16LE(0x3c00, block + at);
  const out = new Float32Array(3 * numbers);
  dequantise(type, bytes, out);
  expect(allFinite(out)).toBe(true);
  for (const at of factors)
    for (const [n, block] of blocks.entries())
      for (const bits of [0x7c00, 0xfc00, 0x7e00]) {
        const damaged = Buffer.from(bytes);
        damaged.writeUInt16LE(bits, block + at);
        dequantise(type, damaged, out);
        expect(out.subarray(n * numbers, (n + 1) * numbers).some(Number.isFinite)).toBe(false);
        expect(allFinite(out, finiteTogether(type))).toBe(false);
      }
});
