import { expect, test } from 'vitest';
import type { TrainOptions } from '../../src-contract/run.ts';
import { optionDifference } from './option-difference.ts';

test('only what differs is told, as the other run has it', () => {
  // Sound here: settings that both lack are alike.
  const own = { rank: 8, targets: ['q', 'v'], maxSteps: 100, seed: 0 } as unknown as TrainOptions;
  const other = { ...own, rank: 4, targets: ['q'], maxSteps: null } as unknown as TrainOptions;
  expect(optionDifference(other, own)).toEqual([
    { name: 'rank', value: '4' },
    { name: 'targets', value: 'q' },
    { name: 'maxSteps', value: null },
  ]);
  expect(optionDifference(own, own)).toEqual([]);
});
