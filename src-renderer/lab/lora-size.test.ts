import { expect, test } from 'vitest';
import { loraSize, ranksFor } from './lora-size.ts';

const model = { hidden: 4, layers: 3, parameters: 1_000 };

test('a rank of one adds one row and one column beside each matrix', () => {
  expect(loraSize(model, 1, 'q')).toEqual({ parameters: 24, share: 0.024, bytes: 96, frozenBeside: 48 });
});

test('two targets take twice as much', () => {
  expect(loraSize(model, 2, 'q,o').parameters).toBe(96);
});

test('at the full rank the slips hold twice what they stand beside', () => {
  const size = loraSize(model, 4, 'q');
  expect(size.parameters).toBe(2 * size.frozenBeside);
});

test('ranks rise by doubling and end at the full width', () => {
  expect(ranksFor(20)).toEqual([1, 2, 4, 8, 16, 20]);
  expect(ranksFor(16)).toEqual([1, 2, 4, 8, 16]);
});
