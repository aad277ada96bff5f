import { expect, test } from 'vitest';
import type { RunEvent } from '../../src-contract/run.ts';
import { measureRun } from './run-measures.ts';

const step = (number: number, learningRate: number, gradientNorm: number, tokensPerSecond: number) =>
  ({
    kind: 'step',
    ...{ step: number, loss: 1, learningRate, gradientNorm, tokensPerSecond, rssBytes: number * 100, secondsLeft: 1 },
  }) satisfies RunEvent;

test('computes peaks, means and clipped steps over all steps', () => {
  const steps = [step(1, 0.1, 2, 10), step(2, 0.3, 0.5, 20), step(3, 0.2, 1.5, 30)];
  const measures = measureRun(steps, 140, 1);
  expect(measures).toMatchObject({ cuts: 2, meanTokens: 20, peakBytes: 300 });
  expect(measures.peakRate?.step).toBe(2);
  expect(measures.drawn.gradientNorm).toEqual([2, 0.5, 1.5]);
});

test('averages neighbouring steps when there are more than points to draw', () => {
  const steps = [1, 3, 5, 7].map((norm, at) => step(at + 1, 0.1, norm, 1));
  expect(measureRun(steps, 2, 0).drawn.gradientNorm).toEqual([2, 6]);
});

test('has no measures before the first step', () => {
  expect(measureRun([], 140, 1)).toMatchObject({ last: undefined, peakRate: undefined, cuts: 0, meanTokens: 0 });
});
