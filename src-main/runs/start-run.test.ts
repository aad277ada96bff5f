import { expect, test } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { settleAll } from './start-run.ts';

// Sound here: nothing else is read, and the engine is the edge.
const about = {
  engine: { inspect: async () => ({ targets: { q: {}, v: {} } }) },
  base: { path: '', parameters: 135e6, contextLength: 512 } as BaseModel,
  trainRows: 100,
} as unknown as Parameters<typeof settleAll>[1];

test('several adapters are one for each way of putting the values together, none of them twice', async () => {
  const all = await settleAll({ options: { rank: 4 }, also: { ranks: [2, 4, 2], seeds: [0, 1] } }, about);
  expect(all.map(({ rank, seed }) => [rank, seed])).toEqual([
    [4, 0],
    [4, 1],
    [2, 0],
    [2, 1],
  ]);
});

test('nine in one go are too many', async () => {
  await expect(settleAll({ also: { seeds: [1, 2, 3, 4, 5, 6, 7, 8] } }, about)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});
