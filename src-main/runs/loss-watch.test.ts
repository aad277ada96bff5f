import { expect, test } from 'vitest';
import { LossWatch } from './loss-watch.ts';

const usual = Array.from({ length: 20 }, (_, i) => 2 + (i % 2) * 0.1);

test('a loss far above the usual is a spike, reported with the usual loss', () => {
  const watch = new LossWatch();
  for (const loss of usual) expect(watch.spikeOver(loss)).toBeUndefined();
  expect(watch.spikeOver(6)).toBeCloseTo(2.05, 10);
});

test('neither scatter nor the beginning of a run is a spike', () => {
  const watch = new LossWatch();
  expect(watch.spikeOver(12)).toBeUndefined();
  for (const loss of usual) expect(watch.spikeOver(loss)).toBeUndefined();
  expect(watch.spikeOver(2.3)).toBeUndefined();
});

test('when losses are near zero, a barely larger one is not a spike', () => {
  // Regression: “loss 0.00, where 0.00 is usual” was reported.
  const watch = new LossWatch();
  for (const _ of usual) expect(watch.spikeOver(0.000_01)).toBeUndefined();
  expect(watch.spikeOver(0.004)).toBeUndefined();
  expect(watch.spikeOver(13)).toBeCloseTo(0, 2);
});
