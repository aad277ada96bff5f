import { expect, test } from 'vitest';
import type { TrainOptions } from '../../src-contract/run.ts';
import { openDatabase } from '../database/open.ts';
import { TrainingSpeedStore } from './training-speed-store.ts';

// Sound here: only these affect the speed.
const options = {
  ...{ targets: ['q', 'v'], dropout: 0, labelSmoothing: 0, backend: 'auto', precision: 'auto' },
  gradientCheckpointing: false,
} as unknown as TrainOptions;
const speed = { tokensPerSecond: 300, by: 'probe' } as const;

test('a speed measured with other matrices is near, the newest first', () => {
  // Regression: the longest of three presets was said to take the least time, since only the others had been measured.
  const speeds = new TrainingSpeedStore(openDatabase(':memory:'));
  speeds.put('base', options, { ...speed, tokensPerSecond: 500 }, 1);
  speeds.put('base', { ...options, targets: ['q', 'k', 'v', 'o'], dropout: 0.1 }, speed, 2);
  const all: TrainOptions = { ...options, targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] };
  expect(speeds.get('base', all)).toBeUndefined();
  expect(speeds.getNear('base', all)).toEqual({
    ...{ tokensPerSecond: 300, isFresh: false, targets: ['k', 'o', 'q', 'v'] },
  });
});

test.each<[string, Partial<TrainOptions>]>([
  ['precision', { precision: 'int8' }],
  ['backend', { backend: 'onnxruntime' }],
  ['way back', { gradientCheckpointing: true }],
])('a speed with another %s is not near', (_, other) => {
  const speeds = new TrainingSpeedStore(openDatabase(':memory:'));
  speeds.put('base', { ...options, ...other }, speed, 1);
  expect(speeds.getNear('base', options)).toBeUndefined();
  expect(speeds.getNear('another base', { ...options, ...other })).toBeUndefined();
  expect(speeds.getNear('base', { ...options, ...other, targets: ['q'] })).toMatchObject({ tokensPerSecond: 300 });
});

// Regression: it still counted as just measured after a run had measured it since.
test('a speed is fresh only while it comes from a recent probe', () => {
  const speeds = new TrainingSpeedStore(openDatabase(':memory:'));
  const isFresh = () => speeds.get('base', options)?.isFresh;
  speeds.put('base', options, speed, Date.now());
  expect([isFresh(), speeds.getNear('base', options)?.isFresh]).toEqual([true, true]);
  speeds.put('base', options, speed, Date.now() - 3_600_000);
  expect(isFresh()).toBe(false);
  speeds.put('base', options, speed, Date.now());
  speeds.put('base', options, { ...speed, by: 'run' }, Date.now());
  expect(isFresh()).toBe(false);
});
