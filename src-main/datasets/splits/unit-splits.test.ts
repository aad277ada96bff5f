import { expect, test } from 'vitest';
import { UnitSplits } from './unit-splits.ts';

test('splits are remembered for expected units only', () => {
  const splits = new UnitSplits();
  const units = Array.from({ length: 5000 }, (_, place) => place + 1);
  for (const unit of [...units, ...units]) splits.expect(unit);
  splits.set(5000, 'test');
  splits.set(1, 'train');
  splits.set(1, 'validation');
  splits.set(9999, 'test');
  expect([5000, 1, 2, 9999].map((unit) => splits.get(unit))).toEqual(['test', 'validation', undefined, undefined]);
});
