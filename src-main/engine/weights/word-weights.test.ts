import { expect, test } from 'vitest';
import { chooseToken } from '../answering/sampling.ts';
import { Random } from '../random.ts';
import { wordsOfSum, wordWeights } from './word-weights.ts';

const random = new Random(4, 1);

test.each([
  [3, 1],
  [wordsOfSum, 0.7],
  [3 * wordsOfSum + 5, 1.5],
])('for %d logits at temperature %d, weights match exp and the partial sums add up', (count, temperature) => {
  const logits = Float32Array.from({ length: count }, () => 3 * random.normal());
  const largest = Math.max(...logits);
  const { weights, sums } = wordWeights(logits, { largest, temperature });
  expect(weights).toHaveLength(count);
  for (const [id, logit] of logits.entries()) {
    const exact = Math.exp((logit - largest) / temperature);
    expect(Math.abs((weights[id] as number) - exact)).toBeLessThan(1e-5 * exact);
  }
  const own = weights.reduce((all, weight) => all + weight, 0);
  expect(Math.abs(sums.reduce((all, sum) => all + sum, 0) - own)).toBeLessThan(1e-5 * own);
});

test('at near-zero temperature, weights of less likely tokens underflow to zero', () => {
  const { weights } = wordWeights(Float32Array.of(5, 4.999, -1e30), { largest: 5, temperature: 1e-320 });
  expect([...weights].map((weight) => Math.round(weight))).toEqual([1, 0, 0]);
});

test('tokens anywhere in a large vocabulary are drawn in proportion to their weights', () => {
  const words = [0, wordsOfSum - 1, wordsOfSum, 4 * wordsOfSum + 6];
  const logits = new Float32Array(4 * wordsOfSum + 7).fill(-1e30);
  for (const [i, id] of words.entries()) logits[id] = Math.log(i + 1);
  const draws = 20_000;
  const counts = new Map<number, number>();
  for (let i = 0; i < draws; i++) {
    const id = chooseToken(logits, { temperature: 1, topK: 0, topP: 1 }, random) as number;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual(words);
  for (const [i, id] of words.entries()) {
    const share = (i + 1) / 10;
    // Five standard deviations.
    const most = 5 * Math.sqrt((share * (1 - share)) / draws);
    expect(Math.abs((counts.get(id) as number) / draws - share)).toBeLessThan(most);
  }
});
