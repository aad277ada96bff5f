import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bestByteProducts } from './byte-products.ts';

test('byte products are by fours if the processor has AVX-VNNI, else by pairs', ({ skip }) => {
  const isKnown = process.platform === 'linux' && process.arch === 'x64';
  skip(!isKnown, 'what the processor has is only looked up on Linux, of x64');
  expect(bestByteProducts()).toBe(/ avx_vnni(_int8)? /.test(readFileSync('/proc/cpuinfo', 'utf8')) ? 'fours' : 'pairs');
});
