import { expect, test, vi } from 'vitest';
import type { TrainOptions } from '../../src-contract/run.ts';
import { optionText } from './option-summary.ts';

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
