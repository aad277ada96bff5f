import { expect, test } from 'vitest';
import type { LabelResults } from './label-results.ts';
import { mixUpText } from './label-words.ts';

test('names the label that is most often answered in place of another, and of how many rows', () => {
  const confusion = [
    [20, 2, 0],
    [3, 5, 2],
  ];
  expect(mixUpText(of(confusion), 0, 'en')).toBe(
    '3 of 10 “question” rows were answered “complaint”. 2 of 32 answers are none of the labels.',
  );
  expect(mixUpText(of(confusion), 0, 'ko')).toBe(
    '“question” 10행 가운데 3행을 “complaint”로 답했습니다. 답 32개 가운데 2개는 어느 분류 이름도 아닙니다.',
  );
});

test('of two that are as frequent, the one that is the larger share of its rows is named', () => {
  expect(
    mixUpText(
      of([
        [20, 2, 0],
        [2, 2, 0],
      ]),
      0,
      'en',
    ),
  ).toBe('2 of 4 “question” rows were answered “complaint”.');
});

test('what goes wrong more often comes first, and nothing is said about what does not', () => {
  expect(
    mixUpText(
      of([
        [0, 1, 4],
        [0, 0, 5],
      ]),
      0,
      'en',
    ),
  ).toBe('9 of 10 answers are none of the labels. 1 of 5 “complaint” rows was answered “question”.');
  expect(
    mixUpText(
      of([
        [4, 0, 1],
        [0, 5, 0],
      ]),
      0,
      'en',
    ),
  ).toBe('1 of 10 answers is none of the labels.');
  expect(
    mixUpText(
      of([
        [5, 0, 0],
        [0, 5, 0],
      ]),
      0,
      'en',
    ),
  ).toBe('All 10 answers are the right label.');
  expect(
    mixUpText(
      of([
        [5, 0, 0],
        [0, 5, 0],
      ]),
      0,
      'ko',
    ),
  ).toBe('답 10개가 모두 맞는 분류 이름입니다.');
});

function of(confusion: number[][]): LabelResults {
  const sum = (counts: readonly number[] = []) => counts.reduce((total, count) => total + count, 0);
  return {
    field: null,
    labels: ['complaint', 'question'].map((label, place) => ({ label, rows: sum(confusion[place]) })),
    results: [{ labels: [], confusion, macroF1: 0, balancedAccuracy: 0 }],
    rows: { targets: [], answers: [[]] },
  };
}
