import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { transformRow } from './hadamard.ts';
import { RoundingKernel } from './rounding-kernel.ts';

const random = new Random(11, 1);
const kernel = new RoundingKernel();

test.each([
  [1, 64],
  [5, 192],
  [16, 576],
  [300, 128],
])('%d rows of %d are transformed and rounded to the same bits as one number at a time', (rows, size) => {
  const numbers = Float32Array.from({ length: rows * size }, (_, i) => random.normal() * (i % 97 === 0 ? 40 : 1));
  // A row of zeros, and one that is rounded up from halfway between integers.
  if (rows > 2) numbers.fill(0, size, 2 * size).fill(1, 2 * size, 2 * size + 1);
  const { integers, columns, apart, scales } = kernel.round(numbers, size);
  for (let r = 0; r < rows; r++) {
    const row = numbers.slice(r * size, (r + 1) * size);
    transformRow(row);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const factor = largest === 0 ? 0 : 127 / largest;
    const expected = Array.from(row, (value) => Math.floor(value * factor + 128.5) - 128);
    expect([...integers.subarray(r * size, (r + 1) * size)]).toEqual(expected);
    expect(expected.map((_, column) => columns[column * apart + r])).toEqual(expected);
    expect(scales[r]).toBe(Math.fround(largest / 127));
  }
});
