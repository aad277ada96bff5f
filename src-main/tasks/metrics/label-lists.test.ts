import { expect, test } from 'vitest';
import { labelListResults } from './label-lists.ts';

test('each label is counted over the rows that have it, and what answers add apart', () => {
  const row = (target: string, ...answers: string[]) => ({ target, answers: answers.map((text) => ({ text })) });
  const told = labelListResults(
    [
      row('late, Damaged', 'I do not know', 'damaged'),
      row('late', '', 'late, damaged'),
      row('refund, late', 'late', 'refund'),
    ],
    ['base', 'Tags'],
    { language: 'en', labels: [] },
  );
  const counts = (right: number, missing: number, f1: number | null, invented = 0) => ({
    ...{ right, missing, invented, f1, reordered: 0, different: 0 },
  });
  expect(told).toEqual({
    ...{ kind: 'labels', rows: 3, more: 0 },
    models: [
      { adapter: 'base', without: 0, around: 0 },
      { adapter: 'Tags', without: 0, around: 0 },
    ],
    fields: [
      { field: 'late', rows: 3, models: [counts(1, 2, 1 / 2), counts(1, 2, 1 / 2)] },
      { field: 'Damaged', rows: 1, models: [counts(0, 1, 0), counts(1, 0, 2 / 3, 1)] },
      { field: 'refund', rows: 1, models: [counts(0, 1, 0), counts(1, 0, 1)] },
      { field: 'I do not know', rows: 0, models: [counts(0, 0, 0, 1), counts(0, 0, null)] },
    ],
  });
});

// “none #late” was a label of its own.
test('what a model writes beside a hashtag is another label', () => {
  const rows = [{ target: '#late #damaged', answers: [{ text: 'none #late' }] }];
  const told = labelListResults(rows, ['base'], { language: 'en', labels: ['#late', '#damaged', 'none'] });
  expect(told.fields.map(({ field }) => field)).toEqual(['#late', '#damaged', 'none']);
});

// Among a few rows “damaged” may not stand alone, and “late and damaged” was one label that no answer was.
test('what may part labels is told by all that there are', () => {
  const row = (target: string, answer: string) => ({ target, answers: [{ text: answer }] });
  const rows = [row('late and damaged', 'damaged, late'), row('refund, late', 'late')];
  const told = labelListResults(rows, ['base'], { language: 'en', labels: ['late', 'damaged', 'refund'] });
  expect(told.fields.map(({ field, models }) => [field, models[0]?.right])).toEqual([
    ['late', 2],
    ['damaged', 1],
    ['refund', 0],
  ]);
});
