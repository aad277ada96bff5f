import { expect, test, vi } from 'vitest';
import type { TrainOptions } from '../../src-contract/run.ts';
import { dataSummary, optimiserSummary, optionText, passes } from './option-summary.ts';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

// Sound here: only these are read.
const options = {
  ...{ shuffle: true, schedule: 'cosine', learningRate: 2e-4, patience: null, maxSteps: null, seed: 12_345 },
  ...{ targets: ['q', 'v'], gradientCheckpointing: false, alpha: 4096, dropout: 0.05 },
} as unknown as TrainOptions;

test.each([
  ['shuffle', 'shuffled'],
  ['schedule', 'Cosine to zero'],
  ['learningRate', '2e-4'],
  ['patience', 'never'],
  ['maxSteps', 'none'],
  ['seed', '12345'],
  ['targets', 'q v'],
  ['gradientCheckpointing', 'none'],
  ['alpha', '4,096'],
  ['dropout', '0.05'],
] as const)('shows the setting %s as “%s”, not as its raw value', (name, told) => {
  expect(optionText(name, options)).toBe(told);
});

// Rates tried side by side were both shown as 1.2e-4, and a small decay as twice itself.
test('a setting has as many digits as were typed', () => {
  const told = (learningRate: number) => optionText('learningRate', { ...options, learningRate });
  expect([1.21e-4, 1.24e-4, 0.0125].map(told)).toEqual(['1.21e-4', '1.24e-4', '0.0125']);
  expect(optimiserSummary({ ...options, weightDecay: 5e-4, warmupSteps: 1 })).toMatch(/weight decay 5e-4$/);
});

test('a part of a pass is not rounded to none', () => {
  expect([0.03, 0.5, 1, 7.32].map(passes)).toEqual(['0.03 passes', '0.5 passes', '1 pass', '7.3 passes']);
});

// Large bases are trained on one row per step, which was “1 rows per step”.
test('one row per step is a row', () => {
  expect(dataSummary({ ...options, epochs: 3, batchSize: 1, maxLength: 512 })).toBe(
    '3 passes, 1 row per step, 512 tokens, shuffled, seed 12345',
  );
});
