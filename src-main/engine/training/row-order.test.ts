import { expect, test } from 'vitest';
import type { BatchRow } from './batch-row.ts';
import { RowOrder } from './row-order.ts';

/** Ten passages of thirty tokens with four questions each. */
const rows: BatchRow[] = Array.from({ length: 40 }, (_, row) => ({
  ids: [...Array.from({ length: 30 }, (_, i) => (Math.floor(row / 4) * 7 + i) % 50), 60 + (row % 4), 1],
  targetStart: 31,
}));

test('each epoch visits every row once in its own order, reproducibly for a seed', () => {
  const order = new RowOrder(rows, { batchSize: 8, seed: 1 });
  const [first, second] = [order.of(0), order.of(1)];
  expect([...first].sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
  expect(second).not.toEqual(first);
  expect(new RowOrder(rows, { batchSize: 8, seed: 1 }).of(0)).toEqual(first);
  expect(new RowOrder(rows, { batchSize: 8, seed: 2 }).of(0)).not.toEqual(first);
});

test('rows with the same passage stay together, up to two thirds of a batch', () => {
  const passages = [...new RowOrder(rows, { batchSize: 4, seed: 1 }).of(0)].map((row) => Math.floor(row / 4));
  // Flocks of two: the rows at positions 0 and 1 share a passage, as do those at 2 and 3, and so on.
  passages.forEach((passage, i) => {
    if (i % 2 === 0) expect(passages[i + 1]).toBe(passage);
  });
  // Not all four in a row, passage after passage.
  expect(passages.filter((passage, i) => i % 4 === 0 && passages[i + 2] !== passage).length).toBeGreaterThan(5);
});

test('batches are filled with whole flocks: 5 + 3 rows of two passages, not 4 + 1 + 3 of three', () => {
  const sizes = [5, 5, 3, 5, 3, 5, 3, 3];
  const families = sizes.flatMap((size, family) => Array.from({ length: size }, () => family));
  const some = families.map((family, row) => ({
    ids: [...Array.from({ length: 30 }, (_, i) => family * 40 + i), 1000 + row],
    targetStart: 30,
  }));
  const order = [...new RowOrder(some, { batchSize: 8, seed: 1 }).of(0)].map((row) => families[row]);
  const perBatch = [0, 8, 16, 24].map((first) => new Set(order.slice(first, first + 8)).size);
  expect(order).toHaveLength(32);
  expect(perBatch).toEqual([2, 2, 2, 2]);
});

test('rows with nothing in common are simply shuffled', () => {
  const strangers = Array.from({ length: 20 }, (_, i) => ({ ids: [i, i + 1, 2 * i, 3], targetStart: 2 }));
  const order = new RowOrder(strangers, { batchSize: 8, seed: 1 }).of(0);
  expect([...order].sort((a, b) => a - b)).toEqual(strangers.map((_, i) => i));
  expect([...order]).not.toEqual(strangers.map((_, i) => i));
});

test('without a seed, rows keep their order', () => {
  expect([...new RowOrder(rows, { batchSize: 8, seed: null }).of(3)]).toEqual(rows.map((_, i) => i));
});
