import { expect, test } from 'vitest';
import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import { verdictOf } from './evaluation-verdict.ts';

test('the adapter with the highest share wins and its gain is against the base', () => {
  const verdict = verdictOf(evaluation('exactMatch', [0.1, 0.4, 0.7]), rows(30, [3, 12, 21]));
  expect(verdict?.kind).toBe('better');
  expect(verdict?.best.adapter).toBe('adapter 2');
  expect(verdict?.gain).toBeCloseTo(0.6, 12);
  expect(verdict?.countsRows).toBe(true);
});

test('a gain whose interval holds zero is no gain', () => {
  expect(verdictOf(evaluation('exactMatch', [0.5, 0.533]), rows(30, [15, 16], 14))?.kind).toBe('even');
});

test('lower perplexity is better', () => {
  const verdict = verdictOf(evaluation('perplexity', [9, 4]), []);
  expect(verdict?.kind).toBe('better');
  expect(verdict?.gain).toBe(-5);
});

test('the base alone has no verdict to give', () => {
  expect(verdictOf(evaluation('rougeL', [0.2]), [])?.kind).toBe('alone');
});

function evaluation(mainMetric: string, values: readonly number[]): Evaluation {
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
      seconds: 1,
    })),
    error: null,
    createdAt: 0,
  };
}

/** Rows of which the first `right[place]` are right; `shift` moves the later models' right rows on by so many. */
function rows(n: number, right: readonly number[], shift = 0): EvaluationRow[] {
  return Array.from({ length: n }, (_, row) => ({
    exampleId: String(row),
    context: '',
    target: '',
    answers: right.map((count, place) => ({
      text: '',
      score: place === 0 ? Number(row < count) : Number(row >= shift && row < count + shift),
    })),
  }));
}
