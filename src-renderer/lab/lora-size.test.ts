import { expect, test } from 'vitest';
import { loraSize, ranksFor } from './lora-size.ts';

const model = { layers: 3, parameters: 1_000 };
const square = { q: [4, 4], o: [4, 4] } satisfies Parameters<typeof loraSize>[1];

test('rank 1 adds one row and one column per matrix', () => {
  const size = loraSize(model, square, { rank: 1, targets: ['q'] });
  expect(size).toEqual({ parameters: 24, share: 0.024, bytes: 96, frozenBeside: 48 });
});

test('two targets take twice as many parameters', () => {
  expect(loraSize(model, square, { rank: 2, targets: ['q', 'o'] }).parameters).toBe(96);
});

// In Qwen 3 and Gemma 3 the heads together are wider than the model; they were counted as equally wide.
test('counts a non-square matrix by its own dimensions', () => {
  const size = loraSize(model, { q: [8, 4] }, { rank: 2, targets: ['q'] });
  expect([size.parameters, size.frozenBeside]).toEqual([3 * 2 * (8 + 4), 3 * 8 * 4]);
  expect(ranksFor([8, 4])).toEqual([1, 2, 4]);
});

test('at full rank, A and B together have twice the parameters of the frozen matrix', () => {
  const size = loraSize(model, square, { rank: 4, targets: ['q'] });
  expect(size.parameters).toBe(2 * size.frozenBeside);
});

test('ranks double up to the full width', () => {
  expect(ranksFor([20, 20])).toEqual([1, 2, 4, 8, 16, 20]);
  expect(ranksFor([16, 16])).toEqual([1, 2, 4, 8, 16]);
});
