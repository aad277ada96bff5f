import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isFourBit, readFourBits } from '../../src-main/engine/formats/four-bit-rows.ts';
import { dequantise, quantise } from '../../src-main/engine/formats/gguf-blocks.ts';
import { fromFourBits } from '../../src-main/engine/weights/four-bit-blocks.ts';

// Blocks of random bytes and their values by gguf-py; see golden/make_gguf_blocks.py.
const [golden, rounded] = (await Promise.all(
  ['gguf-blocks', 'gguf-rounded'].map(
    async (name) =>
      JSON.parse(await readFile(join(import.meta.dirname, `golden/${name}.json`), 'utf8')) as Record<string, Case>,
  ),
)) as [Record<string, Case>, Record<string, Case>];

interface Case {
  readonly bytes: string;
  readonly values: string;
}

test('every readable storage type has golden values', () => {
  expect(Object.keys(golden).sort()).toEqual(
    ['BF16', 'F16', 'F32', 'Q2_K', 'Q3_K', 'Q4_0', 'Q4_1', 'Q4_K', 'Q5_0', 'Q5_1', 'Q5_K', 'Q6_K', 'Q8_0'].sort(),
  );
});

test.each(Object.keys(golden))('%s dequantises to the reference values bit for bit', (type) => {
  const { bytes, values } = golden[type] as Case;
  const expected = floats(values);
  const found = new Float32Array(expected.length);
  dequantise(type, Buffer.from(bytes, 'base64'), found);
  expect(found).toEqual(expected);
});

test('types of four bits are those with a scale and a minimum for 32 numbers', () => {
  expect(Object.keys(golden).filter(isFourBit).sort()).toEqual(['Q4_0', 'Q4_1', 'Q4_K']);
});

test.each(Object.keys(golden).filter(isFourBit))('%s is read into four-bit blocks without rounding', async (type) => {
  const { bytes, values } = golden[type] as Case;
  const stored = Buffer.from(bytes, 'base64');
  const expected = floats(values);
  const folder = await mkdtemp(join(tmpdir(), 'four-bits-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const ahead = 12;
  await writeFile(join(folder, 'matrix'), Buffer.concat([Buffer.alloc(ahead), stored]));
  const file = await open(join(folder, 'matrix'));
  onTestFinished(() => file.close());
  const found = fromFourBits(
    readFourBits({
      ...{ dims: [2, expected.length / 2], dtype: type, offset: ahead, bytes: stored.length },
      ...{ descriptor: file.fd, file: 'matrix', tensor: 'w' },
    }),
  );
  // Scales of scales are products that a float may hold to its last place only.
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6);
});

test('numbers are rounded to Q8_0 as the reference does, byte for byte', () => {
  const { bytes, values } = rounded.Q8_0 as Case;
  expect(Buffer.from(quantise('Q8_0', floats(values)))).toEqual(Buffer.from(bytes, 'base64'));
});

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}
