import { expect, test } from 'vitest';
import { Draft } from './draft.ts';

test('the text is expected to go on as it did where its last tokens stood before', () => {
  const draft = new Draft([1, 2, 3, 4, 5, 6, 9, 1, 2, 3]);
  expect(draft.guess(4)).toEqual([4, 5, 6, 9]);
  expect(draft.guess(2)).toEqual([4, 5]);
});

test('of several places the latest counts, and a longer match goes before a shorter one', () => {
  const draft = new Draft([1, 2, 7, 0, 5, 1, 2, 8, 0, 1, 2]);
  expect(draft.guess(1)).toEqual([8]);
  const longer = new Draft([5, 1, 2, 7, 0, 1, 2, 8, 0, 5, 1, 2]);
  expect(longer.guess(1)).toEqual([7]);
});

test('where the last token stands nowhere else nothing is guessed', () => {
  expect(new Draft([1, 2, 3, 4]).guess(4)).toEqual([]);
  expect(new Draft([1]).guess(4)).toEqual([]);
  expect(new Draft([1, 1]).guess(0)).toEqual([]);
});

test('the fewer tokens match, the less is guessed', () => {
  const tail = [3, 4, 5, 6, 7, 8, 9, 10, 11];
  const guessed = [[2], [1, 2], [0, 1, 2]].map((end) => new Draft([0, 1, 2, ...tail, 99, ...end]).guess(8).length);
  expect(guessed).toEqual(guessed.toSorted((a, b) => a - b));
  expect(guessed[0]).toBeGreaterThan(0);
  expect(guessed[2]).toBeGreaterThan(guessed[0] as number);
});

test('what is written counts as text', () => {
  const draft = new Draft([6, 7, 8]);
  for (const id of [1, 6, 7, 8]) draft.push(id);
  expect(draft.guess(3)).toEqual([1, 6, 7]);
});

test('a text in which look-ups are wrong ends up without guesses, and one in which they come true again gets them back', () => {
  const draft = new Draft([0]);
  // Every other token is the same, what follows it always new.
  for (let i = 1; i < 60; i++) for (const id of [i, 0]) draft.push(id);
  expect(draft.guess(8)).toEqual([]);
  for (let i = 0; i < 100; i++) for (const id of [7, 0]) draft.push(id);
  expect(draft.guess(8).slice(0, 2)).toEqual([7, 0]);
});
