import { expect, test } from 'vitest';
import { UnitSplits } from './unit-splits.ts';

test('of the keys that are expected the split is remembered, of no others', () => {
  const splits = new UnitSplits();
  const keys = Array.from({ length: 5000 }, (_, number) => `g${number}`);
  for (const key of [...keys, ...keys]) splits.expect(key);
  splits.set('g4999', 'test');
  splits.set('g0', 'train');
  splits.set('g0', 'validation');
  splits.set('other', 'test');
  expect(['g4999', 'g0', 'g1', 'other'].map((key) => splits.get(key))).toEqual([
    'test',
    'validation',
    undefined,
    undefined,
  ]);
});
