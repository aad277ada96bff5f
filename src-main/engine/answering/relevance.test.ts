import { expect, test } from 'vitest';
import { relevance } from './relevance.ts';

const fill = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);

test('places are relevant near tokens that the end of the prompt asks about', () => {
  const weights = relevance([...fill(100, 40), 7, ...fill(200, 40), 7, ...fill(300, 31)]);
  expect(weights).toHaveLength(113);
  expect([weights[40], weights[29], weights[52]]).toEqual([3, 3, 3]);
  expect([weights[0], weights[27], weights[53], weights[112]]).toEqual([1, 1, 1, 1]);
});

test('a token that occurs everywhere says little', () => {
  const weights = relevance([...fill(100, 40), 7, ...fill(200, 40), ...fill(300, 16).flatMap((id) => [id, 7])]);
  expect(weights[40]).toBeCloseTo(1 + 4 / 17);
});

test('a prompt that is only a question has no place before it', () => {
  expect([...relevance([1, 2, 1, 2])]).toEqual([1, 1, 1, 1]);
  expect([...relevance([])]).toEqual([]);
});
