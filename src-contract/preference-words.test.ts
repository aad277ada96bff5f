import { expect, test } from 'vitest';
import type { BlindResult } from './blind-vote.ts';
import { blindResultText } from './preference-words.ts';

const none = { one: 0, other: 0, low: 0, high: 1, sure: false };
const places = { one: 9, other: 8, low: 0.31, high: 0.74, sure: false };
const clear: BlindResult = {
  ...{ of: 1, against: 0, equal: 1, identical: 4, open: 12, places },
  models: { one: 14, other: 3, low: 0.5897, high: 0.9381, sure: true },
};
const names = ['starter', 'Answers'];

test('a clear result says how clear, and what else there was', () => {
  expect(blindResultText(clear, names, 'en')).toEqual({
    sentence: 'Answers was preferred on 14 of 18 rows and starter on 3: that is clear.',
    doubts: [
      'Where one was preferred, it was Answers in 82\u00a0% of the rows; with 95\u00a0% confidence, the true share is between 59\u00a0% and 94\u00a0%.',
      'Judged equal: 1 row.',
      'Counted as equal without being asked, as both answers are the same: 4 rows.',
      'Not judged yet: 12 rows.',
      'The answer shown first was preferred on 9 of 17 rows, which could be chance.',
    ],
  });
  expect(blindResultText(clear, names, 'ko').sentence).toBe(
    '18행 가운데 14행에서 Answers가 더 나았고, starter가 더 나은 행은 3행입니다. 확실한 차이입니다.',
  );
});

test('the one that is ahead is told first, with the share that is its own', () => {
  const models = { one: 3, other: 14, low: 0.0619, high: 0.4103, sure: true };
  const { sentence, doubts } = blindResultText({ ...clear, models }, names, 'en');
  expect(sentence).toBe('starter was preferred on 14 of 18 rows and Answers on 3: that is clear.');
  expect(doubts[0]).toMatch(/it was starter in 82\s% .* between 59\s% and 94\s%/);
});

test('few choices claim nothing', () => {
  const few = { ...clear, equal: 0, identical: 0, open: 0, models: { ...none, one: 1 } };
  expect(blindResultText(few, names, 'en')).toEqual({
    sentence: 'Answers was preferred on 1 of 1 row and starter on none: this could be chance.',
    doubts: ['With so few, nothing can be told from chance: at least 6 must agree.'],
  });
  expect(blindResultText(few, names, 'ko').sentence).toContain('starter가 더 나은 행은 없습니다. 우연일 수 있습니다.');
});

test('a draw, no preference at all, and no vote have sentences of their own', () => {
  const sentenceOf = (one: number, equal: number) =>
    blindResultText({ ...clear, equal, models: { ...none, one, other: one } }, names, 'en').sentence;
  expect(sentenceOf(4, 2)).toBe('Answers and starter were preferred equally often, each on 4 of 10 rows.');
  expect(sentenceOf(0, 5)).toBe('Neither answer was preferred on any of 5 rows.');
  expect(sentenceOf(0, 0)).toBe('No row has been judged yet.');
});

test('a place that decided is told', () => {
  const decided = { one: 15, other: 2, low: 0.66, high: 0.97, sure: true };
  expect(blindResultText({ ...clear, places: decided }, names, 'en').doubts.at(-1)).toBe(
    'The answer shown first was preferred on 15 of 17 rows. That is hardly chance: the place may have decided instead of the answer.',
  );
});
