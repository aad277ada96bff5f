import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dequantise } from '../../src-main/engine/formats/gguf-blocks.ts';

// Blocks of random bytes and their values by gguf-py; see golden/make_gguf_blocks.py.
const golden = JSON.parse(await readFile(join(import.meta.dirname, 'golden/gguf-blocks.json'), 'utf8')) as Record<
  string,
  { bytes: string; values: string }
>;

test('every readable storage type has golden values', () => {
  expect(Object.keys(golden).sort()).toEqual(
    ['BF16', 'F16', 'F32', 'Q2_K', 'Q3_K', 'Q4_0', 'Q4_1', 'Q4_K', 'Q5_0', 'Q5_1', 'Q5_K', 'Q6_K', 'Q8_0'].sort(),
  );
});

test.each(Object.keys(golden))('%s dequantises to the reference values bit for bit', (type) => {
  const { bytes, values } = golden[type] as { bytes: string; values: string };
  const expected = new Float32Array(Uint8Array.from(Buffer.from(values, 'base64')).buffer);
  const found = new Float32Array(expected.length);
  dequantise(type, Buffer.from(bytes, 'base64'), found);
  expect(found).toEqual(expected);
});
