import { expect, test } from 'vitest';
import { exactMatch, wordF1 } from './exact-match.ts';

// Values of the SQuAD 1.1 evaluation script's functions, run on the same pairs.
test.each([
  ['The Denver Broncos!', 'denver broncos', 1, 1],
  ['in the 1960s and 1970s', '1960s', 0, 0.4],
  ['$1.5 million', '1.5 Million', 1, 1],
  ['Theatre of the Absurd', 'theatre absurd', 0, 0.8],
  ['Bonn', 'Berlin', 0, 0],
])('“%s” against “%s” scores as in SQuAD', (answer, target, match, f1) => {
  expect(exactMatch(answer, target)).toBe(match);
  expect(wordF1(answer, target)).toBeCloseTo(f1, 10);
});

test('an article inside a word stays', () => {
  expect(exactMatch('Athens', 'ens')).toBe(0);
  expect(exactMatch('Thé vert', 'vert')).toBe(0);
});

test('Korean and Chinese punctuation does not count', () => {
  expect(exactMatch('「서울」。', '서울')).toBe(1);
  expect(exactMatch('北京！', '北京')).toBe(1);
});

test('Korean is compared by syllable, so a particle costs little', () => {
  expect(wordF1('서울에서', '서울')).toBeCloseTo(4 / 6, 10);
});

test('two spellings of one accent are the same', () => {
  expect(exactMatch('Zu\u0308rich', 'Z\u00fcrich')).toBe(1);
});

test('two answers without a word agree, one without does not', () => {
  expect(wordF1('the', '')).toBe(1);
  expect(wordF1('', 'Bonn')).toBe(0);
});
