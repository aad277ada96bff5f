import { expect, test } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { settleAll } from './start-run.ts';

// Sound here: nothing else is read, and the engine is a stub.
const about = {
  engine: { inspect: async () => ({ targets: { q: {}, v: {} } }) },
  base: { path: '', parameters: 135e6, contextLength: 512 } as BaseModel,
  trainRows: 100,
} as unknown as Parameters<typeof settleAll>[1];

test('several values give one adapter per combination, without duplicates', async () => {
  const all = await settleAll({ options: { rank: 4 }, also: { ranks: [2, 4, 2], seeds: [0, 1] } }, about);
  expect(all.map(({ rank, seed }) => [rank, seed])).toEqual([
    [4, 0],
    [4, 1],
    [2, 0],
    [2, 1],
  ]);
});

test('nine adapters at once are too many', async () => {
  await expect(settleAll({ also: { seeds: [1, 2, 3, 4, 5, 6, 7, 8] } }, about)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});

// Regression: each of a million was settled with the engine before they were counted.
test('too many combinations are refused before any is settled', async () => {
  let inspected = 0;
  const engine = {
    async inspect() {
      // Enough to show it, and no million.
      if (++inspected > 9) throw new Error('too much was settled');
      return { targets: { q: {}, v: {} } };
    },
  };
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  const also = { ranks: hundred, seeds: hundred, learningRates: hundred.map((each) => each / 1000) };
  const settled = settleAll({ also }, { ...about, engine } as unknown as Parameters<typeof settleAll>[1]);
  await expect(settled).rejects.toMatchObject({ data: { because: { code: 'TOO_MANY_TOGETHER' } } });
  expect(inspected).toBe(1);
});

// Regression: another requested rank was silently replaced by the adapter's.
test('a run from an initial adapter keeps its shape, and any other is refused', async () => {
  const adapter = { id: 'a', name: 'law', baseSha256: 'b', rank: 16, alpha: 32, targets: ['q', 'v'] };
  const base = { path: '', parameters: 135e6, contextLength: 512, sha256: 'b' } as BaseModel;
  // Sound here: nothing else is read.
  const from = { ...about, base, adapters: { get: () => adapter } } as unknown as Parameters<typeof settleAll>[1];
  const settled = (options: object) => settleAll({ options: { initAdapterId: 'a', ...options } }, from);
  const [kept] = await settled({ rank: 16, targets: ['v', 'q'] });
  expect([kept.rank, kept.alpha, kept.targets]).toEqual([16, 32, ['q', 'v']]);
  for (const [option, value, own] of [
    ['rank', 4, '16'],
    ['alpha', 8, '32'],
    ['targets', ['q'], 'q, v'],
  ] as const) {
    const reason = expect.stringContaining(`“law”, has ${own}`);
    await expect(settled({ [option]: value })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      data: { option, reason },
    });
  }
});
