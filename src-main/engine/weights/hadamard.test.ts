import { expect, test } from 'vitest';
import { evaluate } from '../backends/reference/reference-backend.ts';
import { input } from '../graph/expression.ts';
import { hadamardFeed, hadamardTransform, transformRow } from './hadamard.ts';

const width = 192;
const row = Float32Array.from({ length: width }, (_, i) => (i === 70 ? 40 : Math.sin(i)));

test('the transform is its own inverse and preserves the norm', () => {
  const once = row.slice();
  transformRow(once);
  expect(Math.hypot(...once)).toBeCloseTo(Math.hypot(...row), 3);
  const twice = once.slice();
  transformRow(twice);
  twice.forEach((value, i) => {
    expect(value).toBeCloseTo(row[i] as number, 4);
  });
});

// Three steps at once, two and one, depending on the block.
test.each([6, 12, 24, 48, 96, 192])(
  'transforming a row of %i gives the same bits as one butterfly step at a time',
  (length) => {
    const [atOnce, stepByStep] = [row.slice(0, length), row.slice(0, length)];
    transformRow(atOnce);
    const block = length & -length;
    for (let apart = 1; apart < block; apart *= 2) {
      for (let i = 0; i < length; i++) {
        if (Math.floor(i / apart) % 2 === 1) continue;
        const [a, b] = [stepByStep[i] as number, stepByStep[i + apart] as number];
        stepByStep[i] = a + b;
        stepByStep[i + apart] = a - b;
      }
    }
    expect(atOnce).toEqual(stepByStep.map((value) => value * (1 / Math.sqrt(block))));
  },
);

test('an outlier is spread over its block', () => {
  const once = row.slice();
  transformRow(once);
  expect(Math.max(...once.map(Math.abs))).toBeLessThan(10);
});

test('the graph transforms rows as the loop does, and two products share one transform', () => {
  const x = input('x', ['rows', width]);
  expect(hadamardTransform(x)).toBe(hadamardTransform(x));
  const [name, matrix] = hadamardFeed(width);
  const feeds = new Map([
    ['x', { dims: [1, width], data: Float64Array.from(row) }],
    [name, { dims: matrix.dims, data: Float64Array.from(matrix.data) }],
  ]);
  const once = row.slice();
  transformRow(once);
  const [value] = evaluate([hadamardTransform(x)], feeds);
  value?.data.forEach((each, i) => {
    expect(each).toBeCloseTo(once[i] as number, 4);
  });
});

test('a row of odd length is left unchanged', () => {
  const odd = Float32Array.of(1, 2, 3);
  transformRow(odd);
  expect([...odd]).toEqual([1, 2, 3]);
});
