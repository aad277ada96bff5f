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
    'en',
  );
  const counts = (right: number, missing: number, invented = 0) => ({ right, missing, different: 0, invented });
  expect(told).toEqual({
    ...{ kind: 'labels', rows: 3, more: 0 },
    models: [
      { adapter: 'base', without: 0, around: 0 },
      { adapter: 'Tags', without: 0, around: 0 },
    ],
    fields: [
      { field: 'late', rows: 3, models: [counts(1, 2), counts(1, 2)] },
      { field: 'Damaged', rows: 1, models: [counts(0, 1), counts(1, 0, 1)] },
      { field: 'refund', rows: 1, models: [counts(0, 1), counts(1, 0)] },
      { field: 'I do not know', rows: 0, models: [counts(0, 0, 1), counts(0, 0)] },
    ],
  });
});
