import { expect, test } from 'vitest';
import { LossWatch } from './loss-watch.ts';

const usual = Array.from({ length: 20 }, (_, i) => 2 + (i % 2) * 0.1);

test('a loss far above the usual is a spike, and is told with what is usual', () => {
  const watch = new LossWatch();
  for (const loss of usual) expect(watch.spikeOver(loss)).toBeUndefined();
  expect(watch.spikeOver(6)).toBeCloseTo(2.05, 10);
});

test('scatter is no spike, nor is the beginning of a run', () => {
  const watch = new LossWatch();
  expect(watch.spikeOver(12)).toBeUndefined();
  for (const loss of usual) expect(watch.spikeOver(loss)).toBeUndefined();
  expect(watch.spikeOver(2.3)).toBeUndefined();
});

test('where all is learnt by heart, a loss that is hardly more than none is no spike', () => {
  // Regression: “loss 0.00, where 0.00 is usual” was reported.
  const watch = new LossWatch();
  for (const _ of usual) expect(watch.spikeOver(0.000_01)).toBeUndefined();
  expect(watch.spikeOver(0.004)).toBeUndefined();
  expect(watch.spikeOver(13)).toBeCloseTo(0, 2);
});
