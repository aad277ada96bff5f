import { expect, test } from 'vitest';
import { learningRateAt, type Schedule } from './schedule.ts';

const six = { peak: 1, warmupSteps: 2, totalSteps: 6 };

test('linear: up over the warm-up, down to zero after the last step', () => {
  expect(rates({ kind: 'linear', ...six })).toEqual([0, 0.5, 1, 0.75, 0.5, 0.25]);
});

test('cosine: up over the warm-up, down along half a wave', () => {
  const rounded = rates({ kind: 'cosine', ...six }).map((rate) => Math.round(rate * 1e6) / 1e6);
  expect(rounded).toEqual([0, 0.5, 1, 0.853553, 0.5, 0.146447]);
});

test('constant: up over the warm-up, then the peak', () => {
  expect(rates({ kind: 'constant', ...six })).toEqual([0, 0.5, 1, 1, 1, 1]);
});

test('without warm-up, the first step has the peak rate', () => {
  for (const kind of ['linear', 'cosine', 'constant'] as const) {
    expect(learningRateAt(1, { kind, peak: 3e-4, warmupSteps: 0, totalSteps: 1 })).toBe(3e-4);
  }
});

test('a warm-up longer than the run never reaches the peak', () => {
  expect(rates({ kind: 'linear', peak: 1, warmupSteps: 4, totalSteps: 2 })).toEqual([0, 0.25]);
});

test('the rate is never negative, however far past the end', () => {
  expect(learningRateAt(100, { kind: 'linear', ...six })).toBe(0);
  expect(learningRateAt(100, { kind: 'cosine', ...six })).toBeCloseTo(0, 12);
});

function rates(schedule: Schedule): number[] {
  return Array.from({ length: schedule.totalSteps }, (_, i) => learningRateAt(i + 1, schedule));
}
