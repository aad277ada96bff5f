import { expect, test } from 'vitest';
import { MemoryOrder } from './memory-order.ts';

/** Whether each of `count` passes over `positions` read in two places, if they take `msOf` each. */
function passes(order: MemoryOrder, count: number, positions: number, msOf: (isApart: boolean) => number): boolean[] {
  return Array.from({ length: count }, () => {
    const isApart = order.readsApart(positions);
    order.ran(positions, msOf(isApart));
    return isApart;
  });
}

test.each([
  { quicker: 'two places', apart: 6, inOne: 8, taken: true },
  { quicker: 'one', apart: 8, inOne: 6, taken: false },
])('single tokens alternate between both orders, then all take the faster: $quicker', ({ apart, inOne, taken }) => {
  const order = new MemoryOrder();
  const msOf = (isApart: boolean) => (isApart ? apart : inOne);
  expect(passes(order, 24, 1, msOf)).toEqual(Array.from({ length: 12 }, () => [false, true]).flat());
  expect(passes(order, 3, 1, msOf)).toEqual([taken, taken, taken]);
  expect(passes(order, 3, 8, () => 1)).toEqual([taken, taken, taken]);
});

test('a few slow passes do not affect the choice of the faster order', () => {
  const order = new MemoryOrder();
  let pass = 0;
  passes(order, 24, 1, (isApart) => (pass++ % 5 < 2 ? 100 : isApart ? 12 : 14));
  expect(order.readsApart(1)).toBe(true);
});

test('passes over several positions do not try out the orders', () => {
  const order = new MemoryOrder();
  expect(passes(order, 40, 8, () => 1)).toEqual(new Array(40).fill(true));
  expect(order.readsApart(1)).toBe(false);
});
