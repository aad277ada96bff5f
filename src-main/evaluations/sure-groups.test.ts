import { expect, test } from 'vitest';
import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import { sureGroups } from './sure-groups.ts';

// Sound: nothing else of it is looked at.
const evaluation = { mainMetric: 'exactMatch', results: [{}, {}] } as unknown as Evaluation;

/** Of the base nothing is known; the adapter is the surer the later the row, and right from a place on. */
function rows(count: number, rightFrom: number): EvaluationRow[] {
  return Array.from({ length: count }, (_, n) => ({
    ...{ exampleId: `${n}`, context: '', target: '' },
    answers: [
      { text: '', score: 0, marks: {}, target: null },
      { text: '', score: n >= rightFrom ? 1 : 0, marks: {}, target: null, certainty: n / 100 },
    ],
  }));
}

test('rows are put in quarters by how sure each model was, whatever their order', () => {
  const [base, adapter] = sureGroups(evaluation, rows(22, 12).toReversed());
  expect(base).toEqual([]);
  expect(adapter).toEqual([
    { low: 0, high: 0.04, rows: 5, right: 0 },
    { low: 0.05, high: 0.1, rows: 6, right: 0 },
    { low: 0.11, high: 0.15, rows: 5, right: 4 },
    { low: 0.16, high: 0.21, rows: 6, right: 6 },
  ]);
});

test('a few rows say nothing, nor do answers that are not right or wrong', () => {
  expect(sureGroups(evaluation, rows(19, 0))).toEqual([[], []]);
  expect(sureGroups({ ...evaluation, mainMetric: 'rougeL' }, rows(40, 0))).toEqual([[], []]);
});
