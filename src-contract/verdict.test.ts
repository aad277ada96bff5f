import { expect, test } from 'vitest';
import type { Comparison, Evaluation } from './evaluation.ts';
import { outcomeOf, rowsToSettle, surelySeen, tellingOf, verdictOf } from './verdict.ts';

const sure = (of: number, difference: number): Comparison => ({
  ...{ metric: 'exactMatch', of, against: 0, difference, low: difference - 0.1, high: difference + 0.1 },
  ...{ better: 20, worse: 2, same: 8, sure: true },
});

test('the adapter with the highest score wins, and its gain is over the base', () => {
  const verdict = verdictOf(evaluation('exactMatch', [0.1, 0.4, 0.7], [sure(1, 0.3), sure(2, 0.6)]));
  expect(verdict?.outcome).toBe('better');
  expect(verdict?.best.adapter).toBe('adapter 2');
  expect(verdict?.gain).toBeCloseTo(0.6, 12);
  expect(verdict?.comparison?.of).toBe(2);
});

test('among tied adapters, the one with the lowest loss is best', () => {
  const { results, ...others } = evaluation('exactMatch', [0.1, 0, 0]);
  const withLoss = results.map((result, place) => ({
    ...result,
    metrics: { ...result.metrics, loss: [7, 4, 3][place] ?? 0 },
  }));
  expect(verdictOf({ ...others, results: withLoss })?.best.adapter).toBe('adapter 2');
});

test('an uncertain gain counts as even', () => {
  const open = { ...sure(1, 0.033), low: -0.1, sure: false };
  expect(verdictOf(evaluation('exactMatch', [0.5, 0.533], [open]))?.outcome).toBe('even');
});

test('lower perplexity is better', () => {
  const verdict = verdictOf(evaluation('perplexity', [9, 4]));
  expect(verdict?.outcome).toBe('better');
  expect(verdict?.gain).toBe(-5);
});

test('the outcome of the base on its own is “alone”', () => {
  expect(verdictOf(evaluation('rougeL', [0.2]))?.outcome).toBe('alone');
});

test('an interval twice as wide as the difference needs four times the rows', () => {
  const open = { ...sure(1, 0.1), low: -0.1, high: 0.3, better: 10, worse: 5, same: 35, sure: false };
  expect(rowsToSettle(open)).toBe(200);
  expect(rowsToSettle({ ...open, difference: 0.001 })).toBeUndefined();
});

test('the smallest difference that a number of rows can show is known in advance', () => {
  expect(surelySeen(5)).toBeUndefined();
  // Six of twelve rows; 1.96 · √(0.3 / 300) = 0.062.
  expect(surelySeen(12)).toBe(0.5);
  expect(surelySeen(300)).toBeCloseTo(0.062, 3);
});

test('a mean that contradicts most rows gives a mixed outcome', () => {
  expect(outcomeOf({ ...sure(1, 0.2), better: 9, worse: 21, same: 0 })).toBe('betterMixed');
  expect(outcomeOf({ ...sure(1, -0.2), better: 21, worse: 9, same: 0 })).toBe('worseMixed');
  expect(outcomeOf({ ...sure(1, 0), better: 0, worse: 0, same: 30, sure: false })).toBe('same');
});

// Regression: the text said “Worse on 0”.
test('no number is given for better or worse rows if there are none', () => {
  expect(tellingOf({ ...sure(1, 0.3), better: 9, worse: 0, same: 27 })).toBe('onlyBetter');
  expect(tellingOf({ ...sure(1, -0.3), better: 0, worse: 9, same: 27 })).toBe('onlyWorse');
  expect(tellingOf({ ...sure(1, 0.1), better: 3, worse: 0, same: 27, sure: false })).toBe('evenOnlyBetter');
  expect(tellingOf({ ...sure(1, -0.1), better: 0, worse: 3, same: 27, sure: false })).toBe('evenOnlyWorse');
  expect(tellingOf(sure(1, 0.3))).toBe('better');
});

const lossFell: Comparison = { ...sure(1, -0.5), metric: 'loss', low: -0.7, high: -0.3 };
const lossRose: Comparison = { ...sure(1, 0.5), metric: 'loss', low: 0.3, high: 0.7 };
const lossStayed: Comparison = { ...sure(1, 0), metric: 'loss', low: -0.1, high: 0.1, sure: false };
const open: Comparison = { ...sure(1, 0.1), low: -0.1, high: 0.3, better: 5, worse: 2, same: 23, sure: false };
const nearer: Comparison = { ...sure(1, 0.2), metric: 'f1' };
const alike: Comparison = { ...open, difference: 0, low: -0.1, high: 0.1, better: 0, worse: 0, same: 30 };

test.each([
  ['better, and most rows are right', [0.1, 0.8], [sure(1, 0.7), lossFell], undefined],
  ['better, and most rows are wrong', [0, 0.2], [sure(1, 0.2), lossFell], { kind: 'stillWrong', wrong: 24, n: 30 }],
  ['open, though the targets surprise it less', [0.1, 0.2], [open, lossFell], { kind: 'longer', from: 1.5, to: 1 }],
  [
    'open, though its answers are closer',
    [0.1, 0.2],
    [open, nearer, lossFell],
    { kind: 'closer', measure: 'f1', from: 0.3, to: 0.5 },
  ],
  [
    'open, its answers are closer, but the loss rose',
    [0.1, 0.2],
    [open, nearer, lossRose],
    { kind: 'calmer', from: 1.5, to: 1 },
  ],
  ['open, and so is the loss', [0.1, 0.2], [open, lossStayed], { kind: 'moreRows', n: 120 }],
  [
    'no answer changed, and neither did the loss',
    [0.1, 0.1],
    [alike, lossStayed],
    { kind: 'stronger', from: 1.5, to: 1 },
  ],
  ['no answer changed, but the loss rose', [0.1, 0.1], [alike, lossRose], { kind: 'calmer', from: 1.5, to: 1 }],
  ['worse, and the loss rose', [0.5, 0.2], [sure(1, -0.3), lossRose], { kind: 'calmer', from: 1.5, to: 1 }],
  ['worse, though the loss fell', [0.5, 0.2], [sure(1, -0.3), lossFell], { kind: 'readLost', from: 1.5, to: 1 }],
])('advice on what to do next: %s', (_, values, comparisons, advice) => {
  expect(verdictOf(evaluation('exactMatch', values, comparisons))?.advice).toEqual(advice);
});

test('advice for too few rows, and for a metric of word overlap', () => {
  const { results, ...rest } = evaluation('exactMatch', [0, 0.2], [open]);
  const five = { ...rest, results: results.map((result) => ({ ...result, n: 5 })) };
  expect(verdictOf(five)?.advice).toEqual({ kind: 'fewRows', n: 5 });
  const words = evaluation('rougeL', [0.2, 0.5], [{ ...sure(1, 0.3), metric: 'rougeL' }]);
  expect(verdictOf(words)?.advice).toEqual({ kind: 'readSome' });
});

// Regression: answers without sense were “reliably better” than a base that wrote none at all, and that was all.
test('better answers that hardly resemble their targets call for more training', () => {
  const words = evaluation('rougeL', [0.002, 0.052], [{ ...sure(1, 0.05), metric: 'rougeL' }]);
  expect(verdictOf(words)).toMatchObject({ outcome: 'better', advice: { kind: 'farOff' } });
});

function evaluation(mainMetric: string, values: readonly number[], comparisons: Comparison[] = []): Evaluation {
  return {
    id: 'e',
    task: 'mrc',
    datasetId: 'd',
    baseModelId: 'b',
    adapterIds: values.slice(1).map((_, place) => `a${place + 1}`),
    split: 'test',
    state: 'finished',
    mainMetric,
    results: values.map((value, place) => ({
      adapterId: place === 0 ? null : `a${place}`,
      adapter: place === 0 ? 'base' : `adapter ${place}`,
      n: 30,
      metrics: { f1: place === 0 ? 0.3 : 0.5, [mainMetric]: value, loss: place === 0 ? 1.5 : 1 },
      interval: null,
      seconds: 1,
    })),
    comparisons,
    provenance: null,
    error: null,
    createdAt: 0,
  };
}
