import { expect, test } from 'vitest';
import { labelsOf } from './labels.ts';

test('labels are few short targets, named as most rows write them, numbers in their order', () => {
  const moods = ['sad', 'Glad', 'glad', 'glad.', 'sad', 'glad'];
  expect(labelsOf(moods, 'en')?.names).toEqual(['glad', 'sad']);
  const stars = ['10', '9', '-1', '9', '10', '-1'];
  expect(labelsOf(stars, 'en')?.names).toEqual(['-1', '9', '10']);
});

test('targets that are too many, too rare, too long or all the same are no labels', () => {
  expect(labelsOf(['yes', 'yes', 'yes'], 'en')).toBeUndefined();
  expect(labelsOf(['Bonn', 'Ulm', 'Ulm'], 'en')).toBeUndefined();
  expect(labelsOf(['Bonn', 'Bonn', 'Ulm', 'Ulm'], 'en')).toBeDefined();
  const numbered = (n: number) => Array.from({ length: 3 * n }, (_, row) => `intent ${row % n}`);
  expect(labelsOf(numbered(30), 'en')?.names).toHaveLength(30);
  expect(labelsOf(numbered(31), 'en')).toBeUndefined();
  const letter = 'Thank you for your letter. We shall answer it within a few days.';
  expect(labelsOf(['yes', 'yes', letter, letter], 'en')).toBeUndefined();
  expect(labelsOf(['yes', 'yes', 'no\nno', 'no\nno'], 'en')).toBeUndefined();
});

test('an answer is the label that an exact match takes it for', () => {
  const labels = labelsOf(['complaint', 'question', 'complaint', 'question'], 'en');
  expect(['Complaint.', ' a  “question”', 'the Question', '- complaint'].map((text) => labels?.placeOf(text))).toEqual([
    ...[0, undefined, 1, 0],
  ]);
  expect(['', 'a complaint or a question', 'praise'].map((text) => labels?.placeOf(text))).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  const korean = labelsOf(['긍정', '부정', '긍정', '부정'], 'ko');
  expect(['긍정.', '“부정”', '‘부정’', '중립'].map((text) => korean?.placeOf(text))).toEqual([
    0,
    undefined,
    1,
    undefined,
  ]);
});

// An exact match compares without signs and articles: it takes -1 for 1, C++ for C, 1.5 for 15, and nothing for A.
test('labels that differ in a sign are told apart, and a letter is not left out as an article', () => {
  const places = (labels: readonly string[], answers: readonly string[]) => {
    const known = labelsOf([...labels, ...labels], 'en');
    return answers.map((answer) => known?.names[known.placeOf(answer) ?? -1]);
  };
  expect(places(['-1', '0', '1'], ['-1', '1', '1.', '+1'])).toEqual(['-1', '1', '1', undefined]);
  expect(places(['C', 'C++', 'C#'], ['c++', 'C.', 'C', 'c#', '"C++"'])).toEqual(['C++', 'C', 'C', 'C#', 'C++']);
  expect(places(['1.5', '15', '1.55', '15.5'], ['15', '1.5', '15.5', '1.55'])).toEqual(['15', '1.5', '15.5', '1.55']);
  expect(places(['A', 'B'], ['a', 'B.', '', 'the', 'A.'])).toEqual(['A', 'B', undefined, undefined, 'A']);
  expect(places(['e-mail', 'E-Mail', 'email', 'letter'], ['Email', 'letter'])).toEqual(['e-mail', 'letter']);
});
