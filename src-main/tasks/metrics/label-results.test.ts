import { expect, test } from 'vitest';
import { labelResults } from './label-results.ts';

// Worked out by hand, and the same by scikit-learn 1.9: precision_recall_fscore_support, f1_score with
// average="macro", both with labels=["complaint", "praise", "question"], and balanced_accuracy_score.
test('counts what was answered in place of what, and what follows for each label', () => {
  const told = labelResults(rows(), 'en');
  expect(told?.labels).toEqual([
    { label: 'complaint', rows: 4 },
    { label: 'praise', rows: 2 },
    { label: 'question', rows: 3 },
  ]);
  const [base, adapter] = told?.results ?? [];
  expect(adapter?.confusion).toEqual([
    [2, 0, 1, 1],
    [1, 0, 1, 0],
    [0, 0, 3, 0],
  ]);
  expect(adapter?.labels).toEqual([
    { recall: 1 / 2, precision: 2 / 3, f1: expect.closeTo(4 / 7, 12) },
    { recall: 0, precision: null, f1: 0 },
    { recall: 1, precision: 3 / 5, f1: 3 / 4 },
  ]);
  expect(adapter?.macroF1).toBeCloseTo((4 / 7 + 0 + 3 / 4) / 3, 12);
  expect(adapter?.balancedAccuracy).toBeCloseTo((1 / 2 + 0 + 1) / 3, 12);
  // The base never answers with a label.
  expect(base?.confusion.map((counts) => counts.at(-1))).toEqual([4, 2, 3]);
  expect([base?.macroF1, base?.balancedAccuracy]).toEqual([0, 0]);
});

test('tells for each row which label it has and which one was answered', () => {
  expect(labelResults(rows(), 'en')?.rows).toEqual({
    targets: [0, 0, 0, 0, 1, 1, 2, 2, 2],
    answers: [
      [3, 3, 3, 3, 3, 3, 3, 3, 3],
      [0, 0, 2, 3, 0, 2, 2, 2, 2],
    ],
  });
});

test('there is nothing to tell about targets that are no labels, or about none', () => {
  const free = ['Bonn lies on the Rhine.', 'Ulm lies on the Danube.'];
  expect(
    labelResults(
      free.map((target) => ({ target, answers: [{ text: target }] })),
      'en',
    ),
  ).toBeUndefined();
  expect(labelResults([], 'en')).toBeUndefined();
});

function rows() {
  const answered: [target: string, answer: string][] = [
    ['complaint', 'complaint'],
    ['complaint', 'Complaint.'],
    ['complaint', 'question'],
    ['complaint', 'a complaint, or a question'],
    ['praise', 'complaint'],
    ['praise', 'question'],
    ['question', 'question'],
    ['question', 'the question'],
    ['question', 'question'],
  ];
  return answered.map(([target, text]) => ({ target, answers: [{ text: 'I think so' }, { text }] }));
}
