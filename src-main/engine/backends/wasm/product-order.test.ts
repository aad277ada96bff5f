import { expect, test } from 'vitest';
import { productWays } from './kernels/layout.ts';
import { ProductOrder } from './product-order.ts';

const { apart, ahead } = productWays;

/** The ways of so many passes over so many positions, which take as long as is told of each. */
function passes(order: ProductOrder, count: number, positions: number, msOf: (ways: number) => number): number[] {
  return Array.from({ length: count }, () => {
    const ways = order.waysFor(positions);
    order.ran(positions, msOf(ways));
    return ways;
  });
}

test.each([
  { quick: 'in two places', msOf: (ways: number) => (ways & apart ? 6 : 8), taken: apart },
  { quick: 'in order', msOf: (ways: number) => (ways & apart ? 8 : 6), taken: 0 },
])('a token takes both orders by turns, then the one that was quicker: $quick', ({ msOf, taken }) => {
  const order = new ProductOrder();
  expect(passes(order, 18, 1, msOf)).toEqual(Array.from({ length: 9 }, () => [0, apart]).flat());
  expect(new Set(passes(order, 20, 1, msOf))).toEqual(new Set([taken]));
  // Others go in the order that is known, and try to look ahead.
  expect(new Set(passes(order, 18, 8, () => 1))).toEqual(new Set([taken, taken | ahead]));
});

test('each number of positions has a trial of its own, whatever slow passes were among them', () => {
  const order = new ProductOrder();
  let pass = 0;
  const msOf = (ways: number) => (pass++ % 5 === 0 ? 100 : ways & ahead ? 12 : 14);
  passes(order, 18, 8, msOf);
  passes(order, 18, 4, (ways) => (ways & ahead ? 9 : 8));
  expect(order.waysFor(8) & ahead).toBe(ahead);
  expect(order.waysFor(4) & ahead).toBe(0);
});

test('of one or two rows, and of many, nothing is looked at ahead', () => {
  const order = new ProductOrder();
  for (const positions of [1, 2, 32, 128])
    for (const ways of passes(order, 20, positions, () => 1)) expect(ways & ahead).toBe(0);
});
