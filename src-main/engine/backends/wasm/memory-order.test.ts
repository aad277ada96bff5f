import { expect, test } from 'vitest';
import { orderBits } from './kernels/layout.ts';
import { MemoryOrder } from './memory-order.ts';

const { apart, ahead } = orderBits;

/** The orders of so many passes over so many positions, which take as long as is told of each. */
function passes(order: MemoryOrder, count: number, positions: number, msOf: (bits: number) => number): number[] {
  return Array.from({ length: count }, () => {
    const bits = order.bitsFor(positions);
    order.ran(positions, msOf(bits));
    return bits;
  });
}

test.each([
  { quick: 'in two places', msOf: (bits: number) => (bits & apart ? 6 : 8), taken: apart },
  { quick: 'in order', msOf: (bits: number) => (bits & apart ? 8 : 6), taken: 0 },
])('a token takes both orders by turns, then the one that was quicker: $quick', ({ msOf, taken }) => {
  const order = new MemoryOrder();
  expect(passes(order, 24, 1, msOf)).toEqual(Array.from({ length: 12 }, () => [0, apart]).flat());
  expect(new Set(passes(order, 20, 1, msOf))).toEqual(new Set([taken]));
  // Others go in the order that is known, and try to look ahead.
  expect(new Set(passes(order, 24, 8, () => 1))).toEqual(new Set([taken, taken | ahead]));
});

test('each number of positions has a trial of its own, whatever slow passes were among them', () => {
  const order = new MemoryOrder();
  let pass = 0;
  const msOf = (bits: number) => (pass++ % 5 < 2 ? 100 : bits & ahead ? 12 : 14);
  passes(order, 24, 8, msOf);
  passes(order, 24, 4, (bits) => (bits & ahead ? 9 : 8));
  expect(order.bitsFor(8) & ahead).toBe(ahead);
  expect(order.bitsFor(4) & ahead).toBe(0);
});

test('of one or two rows, and of many, nothing is looked at ahead', () => {
  const order = new MemoryOrder();
  for (const positions of [1, 2, 32, 128])
    for (const bits of passes(order, 20, positions, () => 1)) expect(bits & ahead).toBe(0);
});
