import { expect, test } from 'vitest';
import { input } from './expression.ts';
import { add } from './ops/add.ts';
import { matmul } from './ops/matmul.ts';
import { matmulInt8 } from './ops/matmul-int8.ts';
import { multiply } from './ops/multiply.ts';
import { reshape } from './ops/reshape.ts';
import { peakMemory } from './peak-memory.ts';

const sizes = new Map([['rows', 10]]);
const x = input('x', ['rows', 4]);
const w = input('w', [8, 4]);

test('a value lives until its last use, and inputs are not counted', () => {
  const a = matmul(x, w, { transposeB: true });
  const b = matmul(a, w);
  const c = matmul(b, w, { transposeB: true });
  // a is 320 bytes and b 160; c is 320 again once a is gone.
  expect(peakMemory([c], sizes)).toBe(480);
  // Used once more at the end, a stays: 320 + 160 + 320, and the sum reuses c's memory.
  expect(peakMemory([add(c, a)], sizes)).toBe(800);
});

test('a view takes no memory, and an elementwise op reuses that of an operand no longer needed', () => {
  const a = matmul(x, w, { transposeB: true });
  const flat = reshape(a, ['8*rows']);
  expect(peakMemory([multiply(flat, flat)], sizes)).toBe(320);
  expect(peakMemory([flat, multiply(flat, flat)], sizes)).toBe(640);
});

test('an int8 product counts row magnitudes before it and rounded rows beside it', () => {
  const rows = input('wide', ['rows', 64]);
  const product = (out: number) =>
    matmulInt8(rows, { integers: input('integers', [64, out], 'int8'), scales: input('scales', [out]) });
  // Magnitudes take 2560 bytes, and a product of 640 with 640 bytes beside it is less; one of 5120 is more.
  expect(peakMemory([product(16)], sizes)).toBe(2560);
  expect(peakMemory([product(128)], sizes)).toBe(5760);
});
