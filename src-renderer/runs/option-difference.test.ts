import { expect, test } from 'vitest';
import type { TrainOptions } from '../../src-contract/run.ts';
import { optionDifference } from './option-difference.ts';

test('lists only the options that differ', () => {
  // Sound here: settings missing from both are equal.
  const own = { rank: 8, targets: ['q', 'v'], maxSteps: 100, seed: 0 } as unknown as TrainOptions;
  const other = { ...own, rank: 4, targets: ['q'], maxSteps: null } as unknown as TrainOptions;
  expect(optionDifference(other, own)).toEqual(['rank', 'targets', 'maxSteps']);
  expect(optionDifference(own, own)).toEqual([]);
});
