import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { chooseToken, type SamplingSettings } from './sampling.ts';

/** Logits whose probabilities at temperature 1 are 0.1, 0.4, 0.2 and 0.3. */
const logits = Float32Array.from([1, 4, 2, 3], Math.log);
const all = { temperature: 1, topK: 0, topP: 1 };

test('greedy picks the first of the largest logits and draws no random number', () => {
  const random = new Random(0);
  expect(chooseToken(Float32Array.of(1, 3, 3, 2), { ...all, temperature: 0 }, random)).toBe(1);
  expect(chooseToken(Float32Array.of(-5, -1, -1), { ...all, temperature: 0, topK: 1, topP: 0.1 }, random)).toBe(1);
  expect(random.bits()).toBe(new Random(0).bits());
});

test('nothing is chosen if the logits are NaN or infinite', () => {
  for (const temperature of [0, 1])
    for (const number of [Number.NaN, Infinity])
      expect(chooseToken(new Float32Array(9).fill(number), { ...all, temperature }, new Random(0))).toBeUndefined();
});

test('greedy picks the first of the largest logits in a large vocabulary too', () => {
  const greedy = { ...all, temperature: 0 };
  for (const [count, at] of [
    [63, 62],
    [64, 63],
    [65, 64],
    [200, 130],
  ] as const) {
    const words = new Float32Array(count).fill(-7);
    words[at] = -2;
    if (at + 40 < count) words[at + 40] = -2;
    expect(chooseToken(words, greedy, new Random(0))).toBe(at);
  }
  expect(chooseToken(new Float32Array(300).fill(-1e30), greedy, new Random(0))).toBe(0);
});

test('without limits, every token is drawn in proportion to its probability', () => {
  expectShares(all, [0.1, 0.4, 0.2, 0.3]);
});

test('a temperature of 1/2 squares the odds, and one of 2 takes their square root', () => {
  expectShares({ ...all, temperature: 0.5 }, [1 / 30, 16 / 30, 4 / 30, 9 / 30]);
  const roots = [1, 2, Math.SQRT2, Math.sqrt(3)];
  const total = roots.reduce((sum, root) => sum + root);
  expectShares(
    { ...all, temperature: 2 },
    roots.map((root) => root / total),
  );
});

test('top-k keeps the k likeliest tokens and renormalises', () => {
  expectShares({ ...all, topK: 2 }, [0, 4 / 7, 0, 3 / 7]);
  expectShares({ ...all, topK: 1 }, [0, 1, 0, 0]);
  expectShares({ ...all, topK: 100 }, [0.1, 0.4, 0.2, 0.3]);
});

test('top-p keeps the smallest set of likeliest tokens that reaches p, including the one that does', () => {
  expectShares({ ...all, topP: 0.41 }, [0, 4 / 7, 0, 3 / 7]);
  expectShares({ ...all, topP: 0.39 }, [0, 1, 0, 0]);
  expectShares({ ...all, topP: 0 }, [0, 1, 0, 0]);
  expectShares({ ...all, topP: 0.95 }, [0.1, 0.4, 0.2, 0.3]);
});

test('top-p applies to the renormalised probabilities left by top-k', () => {
  // Of 0.4, 0.3 and 0.2 the first two are 7/9 = 0.78.
  expectShares({ ...all, topK: 3, topP: 0.75 }, [0, 4 / 7, 0, 3 / 7]);
});

test('logits far apart or far from zero do not overflow', () => {
  const random = new Random(1);
  expect(chooseToken(Float32Array.of(1e30, -1e30, 0), { ...all, temperature: 0.01 }, random)).toBe(0);
  expect(chooseToken(Float32Array.of(-1e30, -1e30 / 2), { ...all, temperature: 1e-6 }, random)).toBe(1);
});

function expectShares(settings: SamplingSettings, expected: readonly number[]): void {
  const draws = 20_000;
  const random = new Random(2);
  const counts = logits.map(() => 0);
  for (let i = 0; i < draws; i++) {
    const id = chooseToken(logits, settings, random) as number;
    counts[id] = (counts[id] as number) + 1;
  }
  expected.forEach((share, id) => {
    // Five standard deviations.
    expect(Math.abs((counts[id] as number) / draws - share)).toBeLessThanOrEqual(
      5 * Math.sqrt((share * (1 - share)) / draws),
    );
  });
}
