import { expect, test } from 'vitest';
import { evaluate } from './backends/reference/reference-backend.ts';
import { input } from './graph/expression.ts';
import { hadamardFeed, turned, turnRow } from './hadamard.ts';

const width = 192;
const row = Float32Array.from({ length: width }, (_, i) => (i === 70 ? 40 : Math.sin(i)));

test('turning twice gives the row back, and keeps its length in between', () => {
  const once = row.slice();
  turnRow(once);
  expect(Math.hypot(...once)).toBeCloseTo(Math.hypot(...row), 3);
  const twice = once.slice();
  turnRow(twice);
  twice.forEach((value, i) => {
    expect(value).toBeCloseTo(row[i] as number, 4);
  });
});

test('an outlier is spread over its block', () => {
  const once = row.slice();
  turnRow(once);
  expect(Math.max(...once.map(Math.abs))).toBeLessThan(10);
});

test('a graph turns rows as the loop does, and two products share one turning', () => {
  const x = input('x', ['rows', width]);
  expect(turned(x)).toBe(turned(x));
  const [name, matrix] = hadamardFeed(width);
  const feeds = new Map([
    ['x', { dims: [1, width], data: Float64Array.from(row) }],
    [name, { dims: matrix.dims, data: Float64Array.from(matrix.data) }],
  ]);
  const once = row.slice();
  turnRow(once);
  const [value] = evaluate([turned(x)], feeds);
  value?.data.forEach((each, i) => {
    expect(each).toBeCloseTo(once[i] as number, 4);
  });
});

test('a row of odd length stays as it is', () => {
  const odd = Float32Array.of(1, 2, 3);
  turnRow(odd);
  expect([...odd]).toEqual([1, 2, 3]);
});
