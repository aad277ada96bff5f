import { expect, test } from 'vitest';
import { namesIn, splitsOf, withHome } from './group-homes.ts';

test('a group chosen for a split takes its rows from training, and gives them back', () => {
  const held = withHome(new Map(), 'a', { split: 'test', rows: 3 });
  const both = withHome(held, 'b', { split: 'validation', rows: 2 });
  expect(splitsOf(10, both)).toEqual({ train: 5, validation: 2, test: 3 });
  expect([namesIn(both, 'validation'), namesIn(both, 'test')]).toEqual([['b'], ['a']]);
  const moved = withHome(both, 'a', { split: 'validation', rows: 3 });
  expect(splitsOf(10, moved)).toEqual({ train: 5, validation: 5, test: 0 });
  expect([...withHome(moved, 'a', { split: 'train', rows: 3 }).keys()]).toEqual(['b']);
});
