import { expect, test } from 'vitest';
import { float32 } from '../tensor.ts';
import { blocksOf } from './weight-blocks.ts';

test('four-bit blocks are kept exactly', () => {
  // Each block holds −8, and otherwise integers from −8 to 7, times its own scale.
  const value = (i: number) => (0.5 + Math.floor(i / 32)) * (i % 32 === 5 ? -8 : (i % 16) - 8);
  const { bytes, values } = unpacked(value);
  expect(bytes).toBe(16);
  expect(values).toEqual(Array.from({ length: values.length }, (_, i) => value(i)));
});

test('four-bit blocks are kept exactly as bytes where four bits are not available', () => {
  const value = (i: number) => (0.5 + Math.floor(i / 32)) * (i % 32 === 5 ? -8 : (i % 16) - 8);
  const { bytes, values } = unpacked(value, { fourBits: false });
  expect(bytes).toBe(32);
  expect(values).toEqual(Array.from({ length: values.length }, (_, i) => value(i)));
});

test('eight-bit blocks are kept exactly', () => {
  const value = (i: number) => 0.25 * (i % 64 === 3 ? 127 : (i % 200) - 100);
  const { bytes, values } = unpacked(value);
  expect(bytes).toBe(64);
  expect(values).toEqual(Array.from({ length: values.length }, (_, i) => value(i)));
});

test('other values are off by at most half a step of 1/127 of the block’s largest', () => {
  const value = (i: number) => Math.sin(i * 1.7) * (1 + Math.floor(i / 64));
  const { values } = unpacked(value);
  for (const [i, found] of values.entries()) {
    expect(Math.abs(found - value(i))).toBeLessThanOrEqual((1 + Math.floor(i / 64)) / 254 + 1e-6);
  }
});

test('matrices with the same input are stacked by rows', () => {
  const [zeros, ones] = [new Float32Array(64 * 32), new Float32Array(64 * 32).fill(1)];
  const matrices = [zeros, ones, zeros].map((data) => float32([32, 64], data));
  const blocks = blocksOf('0.qkv', { matrices, fourBits: true });
  // Two four-bit blocks per row.
  const scales = [...(blocks.get('0.qkv.scales')?.data ?? [])];
  expect(scales).toHaveLength(2 * 96);
  expect(scales.map((scale) => scale !== 0)).toEqual(scales.map((_, i) => i >= 64 && i < 128));
});

/** Three rows of 64 numbers, unpacked from their blocks. */
function unpacked(value: (i: number) => number, { fourBits = true } = {}) {
  const matrix = float32(
    [3, 64],
    Float32Array.from({ length: 3 * 64 }, (_, i) => value(i)),
  );
  const blocks = blocksOf('head', { matrices: [matrix], fourBits });
  const integers = blocks.get('head.integers');
  const scales = blocks.get('head.scales')?.data ?? [];
  const bytes = integers?.dims[2] as number;
  const values = Array.from({ length: 3 * 64 }, (_, i) => {
    const isFour = bytes === 16;
    const byte = integers?.data[isFour ? i >> 1 : i] as number;
    const whole = isFour ? ((byte >> (4 * (i % 2))) & 15) - 8 : byte - 128;
    return whole * (scales[Math.floor(i / (isFour ? 32 : bytes))] as number);
  });
  return { bytes, values };
}
