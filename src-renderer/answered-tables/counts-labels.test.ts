import { expect, test } from 'vitest';
import { countsLabels } from './counts-labels.ts';

const answer = (name: string, rows: number) => ({ answer: name, rows });

test('a few answers that occur again and again are labels', () => {
  expect(countsLabels({ form: null }, { answers: [answer('yes', 3), answer('no', 2)], others: 0 })).toBe(true);
});

test('answers that hardly occur twice, or are too many, are not', () => {
  expect(countsLabels({ form: null }, { answers: [answer('Anna', 2), answer('Ben', 1)], others: 0 })).toBe(false);
  expect(countsLabels({ form: null }, { answers: [answer('yes', 30)], others: 5 })).toBe(false);
  expect(countsLabels({ form: null }, { answers: [], others: 0 })).toBe(false);
});

test('answers held to labels are, however few rows are answered', () => {
  const form = { kind: 'choices' as const, texts: ['yes', 'no'] };
  expect(countsLabels({ form }, { answers: [answer('yes', 1)], others: 2 })).toBe(true);
  const list = { kind: 'list' as const, texts: ['late', 'lost'], between: ', ', most: 2 };
  expect(countsLabels({ form: list }, { answers: [answer('late', 1)], others: 0 })).toBe(true);
});
