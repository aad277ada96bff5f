import { expect, test } from 'vitest';
import { Random } from './random.ts';

test('the same stream gives the same numbers, and any other stream gives others', () => {
  const draw = (...stream: number[]) => {
    const random = new Random(...stream);
    return Array.from({ length: 5 }, () => random.bits());
  };
  const streams = [[7], [8], [7, 0], [7, 1], [0, 7], [7, 1, 0], [7 + 2 ** 32], []];
  const drawn = streams.map((stream) => draw(...stream).join());
  expect(streams.map((stream) => draw(...stream).join())).toEqual(drawn);
  expect(new Set(drawn).size).toBe(streams.length);
});

// From a second implementation, in Python, of xoshiro128** and its seeding. If these changed, no run could be
// reproduced.
test('the numbers match a second implementation of xoshiro128**', () => {
  const random = new Random(1, 2);
  expect(Array.from({ length: 4 }, () => random.bits())).toEqual([2456607683, 921262194, 2884871343, 1856270381]);
});

test('uniform numbers lie in [0, 1), with mean 1/2, variance 1/12 and a flat histogram', () => {
  const random = new Random(3);
  const values = Array.from({ length: 100_000 }, () => random.uniform());
  expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
  expect(values.every((value) => value < 1)).toBe(true);
  const { mean, variance } = momentsOf(values);
  // The standard error of the mean is 0.29 / √100000 = 0.0009; five of them.
  expect(Math.abs(mean - 1 / 2)).toBeLessThan(0.0046);
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.0012);
  const bins = new Array<number>(10).fill(0);
  for (const value of values) bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] as number) + 1;
  const chiSquared = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  // With 9 degrees of freedom, one seed in a thousand lies beyond 27.9.
  expect(chiSquared).toBeLessThan(27.9);
});

test('normal numbers have mean 0, variance 1 and the expected share of tails', () => {
  const random = new Random(4);
  const values = Array.from({ length: 100_000 }, () => random.normal());
  const { mean, variance } = momentsOf(values);
  expect(Math.abs(mean)).toBeLessThan(0.016);
  expect(Math.abs(variance - 1)).toBeLessThan(0.023);
  const beyondTwo = values.filter((value) => Math.abs(value) > 2).length;
  expect(Math.abs(beyondTwo - 4550)).toBeLessThan(330);
});

test('neighbouring streams are uncorrelated', () => {
  const first = Array.from({ length: 10_000 }, (_, i) => new Random(9, i).uniform());
  const shifted = first.slice(1);
  const correlation = shifted.reduce((sum, value, i) => sum + (value - 0.5) * ((first[i] as number) - 0.5), 0) / 10_000;
  // Unrelated uniform numbers give 0 ± (1/12) / √10000 = 0.0008.
  expect(Math.abs(correlation)).toBeLessThan(0.0042);
});

test('a permutation contains each number once', () => {
  for (const n of [0, 1, 2, 1000]) {
    const order = new Random(5, n).permutation(n);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  }
});

test('all six permutations of three are equally frequent', () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = new Random(6, i).permutation(3).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Five standard deviations of a count of 1000.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(145);
});

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}
