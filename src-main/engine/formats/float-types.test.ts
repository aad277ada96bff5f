import { expect, test } from 'vitest';
import { allFinite, fromFloat32, toFloat16, toFloat32 } from './float-types.ts';

test('half precision: 1 sign, 5 exponent and 10 fraction bits', () => {
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x0000);
  expect([...toFloat32(Buffer.from(bits.buffer), 'F16')]).toEqual([1, -2, 65504, 2 ** -24, 0]);
});

test('bfloat16 is the upper half of a float32', () => {
  const bits = Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x0000);
  expect([...toFloat32(Buffer.from(bits.buffer), 'BF16')]).toEqual([1, -3, Number.POSITIVE_INFINITY, 0]);
});

test('float32 is read in place, without a copy', () => {
  const data = Float32Array.of(1, 2, 3);
  const read = toFloat32(Buffer.from(data.buffer), 'F32');
  expect([...read]).toEqual([1, 2, 3]);
  expect(read.buffer).toBe(data.buffer);
});

test('bytes not aligned to four are read too', () => {
  const shifted = Buffer.alloc(9);
  shifted.writeFloatLE(1.5, 1);
  shifted.writeFloatLE(-8, 5);
  expect([...toFloat32(shifted.subarray(1), 'F32')]).toEqual([1.5, -8]);
});

test('rounding to half precision goes to the nearest', () => {
  expect([...toFloat16(Float32Array.of(1, 1 / 3, 65504))]).toEqual([0x3c00, 0x3555, 0x7bff]);
});

test('a single NaN or infinity among many numbers is found', () => {
  const data = new Float32Array(1000).fill(3e38);
  expect(allFinite(data)).toBe(true);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(allFinite(data.with(999, value))).toBe(false);
  }
});

test('rounding to bfloat16 goes to the nearest, with ties to even', () => {
  // 1 is 0x3f800000; a step of bfloat16 there is 2⁻⁷.
  const step = 2 ** -7;
  const values = [1, 1 + 0.4 * step, 1 + 0.5 * step, 1 + 1.5 * step, -1 - 0.6 * step, 3e38];
  const stored = fromFloat32(Float32Array.from(values), 'BF16');
  expect([...stored]).toEqual([0x3f80, 0x3f80, 0x3f80, 0x3f82, 0xbf81, 0x7f62]);
});
