import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { float32 } from '../tensor.ts';
import { GradientStart } from './gradient-start.ts';

const [rank, inFeatures, out] = [3, 20, 12];

test('A spans what the gradient reads, with orthogonal rows as long as random ones, and B is zero', () => {
  const { tensors, a, b, length } = fresh();
  const start = new GradientStart(tensors, new Random(1));
  expect(a.every((value) => value === 0)).toBe(true);
  // A gradient of the frozen matrix with as many directions as A has rows.
  const [left, right] = [numbers(out * rank, 2), numbers(rank * inFeatures, 3)];
  const whole = product(left, right, [out, rank, inFeatures]);
  for (const share of [0.25, 0.75]) {
    const sketch = product(transposed(b, [out, rank]), whole, [rank, out, inFeatures]);
    start.add(new Map([['m.lora_A', sketch.map((value) => share * value)]]));
  }
  start.end();
  expect(b.every((value) => value === 0)).toBe(true);
  for (const [row, each] of rowsOf(a).entries()) {
    for (const [other, beside] of rowsOf(a).entries()) {
      expect(dot(each, beside)).toBeCloseTo(row === other ? length ** 2 : 0, 5);
    }
  }
  // Every direction that the gradient reads is within A's rows.
  for (const read of rowsOf(right)) {
    const within = rowsOf(a).reduce((sum, row) => sum + dot(read, row) ** 2 / length ** 2, 0);
    expect(within / dot(read, read)).toBeCloseTo(1, 5);
  }
});

test('rows that a gradient of few directions, or none, cannot tell stay random', () => {
  for (const directions of [0, 1]) {
    const { tensors, a, length } = fresh();
    const start = new GradientStart(tensors, new Random(1));
    const direction = numbers(inFeatures, 4);
    const sketch = Array.from({ length: rank }, (_, row) => direction.map((value) => directions * (row + 1) * value));
    start.add(new Map([['m.lora_A', Float32Array.from(sketch.flatMap((row) => [...row]))]]));
    start.end();
    for (const row of rowsOf(a)) expect(Math.sqrt(dot(row, row))).toBeCloseTo(length, 4);
    const [first] = rowsOf(a) as [Float32Array];
    const cosine = dot(first, direction) / (length * Math.sqrt(dot(direction, direction)));
    expect(Math.abs(cosine) > 0.999).toBe(directions === 1);
  }
});

function fresh() {
  const [a, b] = [numbers(rank * inFeatures, 5), new Float32Array(out * rank)];
  const tensors = new Map([
    ['m.lora_A', float32([rank, inFeatures], a)],
    ['m.lora_B', float32([out, rank], b)],
  ]);
  return { tensors, a, b, length: Math.sqrt(dot(a, a) / rank) };
}

function numbers(count: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

function rowsOf(matrix: Float32Array): Float32Array[] {
  return Array.from({ length: rank }, (_, row) => matrix.subarray(row * inFeatures, (row + 1) * inFeatures));
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
}

/** [m, k] · [k, n]. */
function product(a: Float32Array, b: Float32Array, [m, k, n]: readonly [number, number, number]): Float32Array {
  return Float32Array.from({ length: m * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    return Array.from({ length: k }, (_, j) => (a[row * k + j] as number) * (b[j * n + column] as number)).reduce(
      (sum, value) => sum + value,
    );
  });
}

function transposed(a: Float32Array, [rows, columns]: readonly [number, number]): Float32Array {
  return Float32Array.from(a, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)] as number);
}
