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
