import { expect, test } from 'vitest';
import { GuessCost } from './guess-cost.ts';

test('a guess costs what passes with guesses take longer, and a slow first pass is soon forgotten', () => {
  const cost = new GuessCost();
  const usual = cost.cost;
  cost.see(0, 80);
  for (let i = 0; i < 40; i++) {
    cost.see(0, 10);
    cost.see(2, 16);
  }
  expect(cost.cost).toBeGreaterThan(0.25);
  expect(cost.cost).toBeLessThan(0.31);
  expect(usual).toBeLessThan(0.25);
});

test('one pass that had to wait changes little, and where no guess is made any more the cost is not believed for ever', () => {
  const cost = new GuessCost();
  const usual = cost.cost;
  cost.see(0, 10);
  cost.see(1, 500);
  expect(cost.cost).toBeLessThan(2 * usual + 0.1);
  for (let i = 0; i < 60; i++) cost.see(1, 20);
  expect(cost.cost).toBeGreaterThan(0.9);
  for (let i = 0; i < 400; i++) cost.see(0, 10);
  expect(cost.cost).toBeLessThan(1.2 * usual);
});

test('guesses that are seen before any pass without one tell nothing', () => {
  const cost = new GuessCost();
  const usual = cost.cost;
  cost.see(4, 100);
  expect(cost.cost).toBe(usual);
});
