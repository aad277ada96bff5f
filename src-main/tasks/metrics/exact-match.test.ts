import { expect, test } from 'vitest';
import { answerF1, exactMatch } from './exact-match.ts';

test('English ignores case, punctuation, articles and extra blanks', () => {
  expect(exactMatch('The  Eiffel Tower.', 'eiffel tower', 'en')).toBe(1);
  expect(exactMatch('Theatre', 'atre', 'en')).toBe(0);
  // Two of three words are shared: precision 1, recall 2/3.
  expect(answerF1('eiffel tower', 'the tall Eiffel tower', 'en')).toBeCloseTo(0.8, 12);
});

test('Korean is compared character by character, and brackets only separate', () => {
  expect(exactMatch('《삼국사기》', '삼국사기', 'ko')).toBe(1);
  // Three of four letters, and three of three.
  expect(answerF1('서울시는', '서울시', 'ko')).toBeCloseTo(6 / 7, 12);
});

test('German ignores its own articles, and Chinese is compared character by character', () => {
  expect(exactMatch('Die Stadt', 'stadt', 'de')).toBe(1);
  expect(exactMatch('Die Stadt', 'stadt', 'en')).toBe(0);
  expect(answerF1('北京市', '北京', 'zh')).toBeCloseTo(0.8, 12);
});
