import { expect, test } from 'vitest';
import { input } from './expression.ts';
import { add } from './ops/add.ts';
import { matmul } from './ops/matmul.ts';
import { multiply } from './ops/multiply.ts';
import { reshape } from './ops/reshape.ts';
import { peakMemory } from './peak-memory.ts';

const sizes = new Map([['rows', 10]]);
const x = input('x', ['rows', 4]);
const w = input('w', [8, 4]);

test('a value lives until its last use, and what is fed is not counted', () => {
  const a = matmul(x, w, { transposeB: true });
  const b = matmul(a, w);
  const c = matmul(b, w, { transposeB: true });
  // a is 320 bytes and b 160; c is 320 again when a has gone.
  expect(peakMemory([c], sizes)).toBe(480);
  // Used once more at the end, a stays: 320 + 160 + 320, and the sum takes the place of c.
  expect(peakMemory([add(c, a)], sizes)).toBe(800);
});

test('a view takes no memory of its own, and a sum takes the place of an operand that has gone', () => {
  const a = matmul(x, w, { transposeB: true });
  const flat = reshape(a, ['8*rows']);
  expect(peakMemory([multiply(flat, flat)], sizes)).toBe(320);
  expect(peakMemory([flat, multiply(flat, flat)], sizes)).toBe(640);
});
