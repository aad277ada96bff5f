import { expect, test } from 'vitest';
import type { Comparison, Evaluation } from '../../src-contract/evaluation.ts';
import { rowsToSettle, verdictOf } from './evaluation-verdict.ts';

const sure = (of: number, difference: number): Comparison => ({
  ...{ metric: 'exactMatch', of, against: 0, difference, low: difference - 0.1, high: difference + 0.1 },
  ...{ better: 20, worse: 2, same: 8, sure: true },
});

test('the adapter with the highest share wins and its gain is against the base', () => {
  const verdict = verdictOf(evaluation('exactMatch', [0.1, 0.4, 0.7], [sure(1, 0.3), sure(2, 0.6)]));
  expect(verdict?.kind).toBe('better');
  expect(verdict?.best.adapter).toBe('adapter 2');
  expect(verdict?.gain).toBeCloseTo(0.6, 12);
  expect(verdict?.comparison?.of).toBe(2);
});

test('a gain that is not sure is no gain', () => {
  const open = { ...sure(1, 0.033), low: -0.1, sure: false };
  expect(verdictOf(evaluation('exactMatch', [0.5, 0.533], [open]))?.kind).toBe('even');
});

test('lower perplexity is better', () => {
  const verdict = verdictOf(evaluation('perplexity', [9, 4]));
  expect(verdict?.kind).toBe('better');
  expect(verdict?.gain).toBe(-5);
});

test('the base alone has no verdict to give', () => {
  expect(verdictOf(evaluation('rougeL', [0.2]))?.kind).toBe('alone');
});

test('an interval twice as wide as the difference needs four times the rows', () => {
  const open = { ...sure(1, 0.1), low: -0.1, high: 0.3, better: 10, worse: 5, same: 35, sure: false };
  expect(rowsToSettle(open)).toBe(200);
  expect(rowsToSettle({ ...open, difference: 0.001 })).toBeUndefined();
});

function evaluation(mainMetric: string, values: readonly number[], comparisons: Comparison[] = []): Evaluation {
  return {
    id: 'e',
    datasetId: 'd',
    baseModelId: 'b',
    split: 'test',
    state: 'finished',
    mainMetric,
    results: values.map((value, place) => ({
      adapterId: place === 0 ? null : `a${place}`,
      adapter: place === 0 ? 'base' : `adapter ${place}`,
      n: 30,
      metrics: { [mainMetric]: value },
      interval: null,
      seconds: 1,
    })),
    comparisons,
    provenance: null,
    error: null,
    createdAt: 0,
  };
}
