import { expect, test } from 'vitest';
import type { RunEvent } from '../../src-contract/run.ts';
import { RunCurve } from './run-curve.ts';

test('validation at step 0 is the base model', () => {
  const curve = new RunCurve();
  curve.push({ kind: 'validation', step: 0, loss: 2.4, best: false });
  curve.push({ kind: 'validation', step: 10, loss: 1.2, best: true });
  curve.push({ kind: 'validation', step: 20, loss: 1.5, best: false });
  expect(curve.baseLoss).toBe(2.4);
  expect(curve.bestLoss).toBe(1.2);
});

test('for a run that continues an adapter, the base loss is the one measured alongside step 0', () => {
  const curve = new RunCurve();
  curve.push({ kind: 'validation', step: 0, loss: 1.4, best: false, base: { loss: 2.4 } });
  expect([curve.start?.loss, curve.baseLoss]).toEqual([1.4, 2.4]);
});

test('columns list every measured step in order, with gaps', () => {
  const curve = new RunCurve();
  curve.push({ kind: 'validation', step: 0, loss: 3, best: false });
  curve.push(step(1, 2.9));
  curve.push(step(2, 2.7));
  curve.push({ kind: 'validation', step: 2, loss: 2.6, best: true });
  const [steps, loss, , validation] = curve.columns();
  expect(steps).toEqual([0, 1, 2]);
  expect(loss).toEqual([null, 2.9, 2.7]);
  expect(validation).toEqual([3, null, 2.6]);
});

test('columns built incrementally equal those built at once', () => {
  const events: RunEvent[] = [
    { kind: 'validation', step: 0, loss: 3, best: false },
    step(1, 2.9),
    step(2, 2.7),
    { kind: 'validation', step: 2, loss: 2.6, best: true },
    step(3, 2.5),
    step(2, 2.4),
    { kind: 'validation', step: 2, loss: 2.3, best: true },
    step(3, 2.2),
  ];
  const growing = new RunCurve();
  for (const event of events) {
    growing.push(event);
    growing.columns();
  }
  const atOnce = new RunCurve();
  for (const event of events) atOnce.push(event);
  expect(growing.columns()).toEqual(atOnce.columns());
  expect(growing.columns()[3]).toEqual([3, null, 2.3, null]);
});

test('the mean of a constant loss is that loss from the first step on', () => {
  const curve = new RunCurve();
  for (let index = 1; index <= 5; index++) curve.push(step(index, 2));
  for (const mean of curve.smoothed) expect(mean).toBeCloseTo(2, 12);
});

test('a resumed run replaces the steps after its checkpoint', () => {
  const curve = new RunCurve();
  curve.push(step(1, 3));
  curve.push(step(2, 2.8));
  curve.push({ kind: 'validation', step: 2, loss: 2.7, best: true });
  curve.push(step(3, 2.6));
  curve.push(step(2, 2.5));
  expect(curve.steps.map((event) => event.loss)).toEqual([3, 2.5]);
  expect(curve.smoothed).toHaveLength(2);
  expect(curve.validations).toEqual([]);
});

function step(number: number, loss: number): RunEvent {
  return {
    kind: 'step',
    step: number,
    loss,
    learningRate: 1e-3,
    gradientNorm: 1,
    tokensPerSecond: 100,
    rssBytes: 1e9,
    secondsLeft: 1,
  };
}
