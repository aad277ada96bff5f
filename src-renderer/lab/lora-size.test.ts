import { expect, test } from 'vitest';
import { loraSize, ranksFor } from './lora-size.ts';

const model = { layers: 3, parameters: 1_000 };
const square = { q: [4, 4], o: [4, 4] } satisfies Parameters<typeof loraSize>[1];

test('a rank of one adds one row and one column beside each matrix', () => {
  const size = loraSize(model, square, { rank: 1, targets: ['q'] });
  expect(size).toEqual({ parameters: 24, share: 0.024, bytes: 96, frozenBeside: 48 });
});

test('two targets take twice as much', () => {
  expect(loraSize(model, square, { rank: 2, targets: ['q', 'o'] }).parameters).toBe(96);
});

// In Qwen 3 and Gemma 3 the heads together are wider than the model; they were counted as equally wide.
test('a matrix that is not square is counted by its own sides', () => {
  const size = loraSize(model, { q: [8, 4] }, { rank: 2, targets: ['q'] });
  expect([size.parameters, size.frozenBeside]).toEqual([3 * 2 * (8 + 4), 3 * 8 * 4]);
  expect(ranksFor([8, 4])).toEqual([1, 2, 4]);
});

test('at the full rank the slips hold twice what they stand beside', () => {
  const size = loraSize(model, square, { rank: 4, targets: ['q'] });
  expect(size.parameters).toBe(2 * size.frozenBeside);
});

test('ranks rise by doubling and end at the full width', () => {
  expect(ranksFor([20, 20])).toEqual([1, 2, 4, 8, 16, 20]);
  expect(ranksFor([16, 16])).toEqual([1, 2, 4, 8, 16]);
});
