import { expect, test } from 'vitest';
import { Draft } from './draft.ts';

test('the text is expected to go on as it did where its last tokens stood before', () => {
  const draft = new Draft([1, 2, 3, 4, 5, 6, 9, 2, 3]);
  expect(draft.guess(4)).toEqual([4, 5, 6, 9]);
  expect(draft.guess(2)).toEqual([4, 5]);
});

test('of several places the latest counts, and a longer match goes before a shorter one', () => {
  const draft = new Draft([1, 2, 7, 0, 5, 1, 2, 8, 0, 1, 2]);
  expect(draft.guess(1)).toEqual([8]);
  const longer = new Draft([5, 1, 2, 7, 0, 1, 2, 8, 0, 5, 1, 2]);
  expect(longer.guess(1)).toEqual([7]);
});

test('without an earlier place of two tokens nothing is guessed', () => {
  expect(new Draft([1, 2, 3, 4]).guess(4)).toEqual([]);
  expect(new Draft([1]).guess(4)).toEqual([]);
});

test('what is written counts as text', () => {
  const draft = new Draft([7, 8]);
  for (const id of [1, 7, 8]) draft.push(id);
  expect(draft.guess(3)).toEqual([1, 7, 8]);
});

test('after wrong guesses it holds back, longer each time, and after a right one it is bold again', () => {
  const draft = new Draft([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2]);
  expect(draft.guess(9)).toHaveLength(8);
  draft.learn(8, 0);
  expect([draft.guess(9), draft.guess(9)]).toEqual([[], [3, 4]]);
  draft.learn(2, 0);
  expect([draft.guess(9), draft.guess(9), draft.guess(9)]).toEqual([[], [], [3, 4]]);
  draft.learn(2, 2);
  expect(draft.guess(9)).toHaveLength(8);
});
