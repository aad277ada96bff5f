import { afterEach, beforeEach, expect, test } from 'vitest';
import { DatasetFolder } from '../../../test/fixtures/dataset-folder.ts';
import { sampledDoubts } from './sampled-doubts.ts';

let given: DatasetFolder;
beforeEach(() => {
  given = new DatasetFolder();
});
afterEach(() => given.close());

const toldOf = (pairs: readonly { context: string; target: string }[]) => {
  const { id } = given.make([...pairs]);
  return sampledDoubts(given.store.rows(id), { version: 1, task: 'custom', rows: pairs.length });
};

test('all of a few rows are looked at', async () => {
  const rows = Array.from({ length: 1999 }, (_, n) => ({ context: `mail ${n * n}`, target: 'fine' }));
  const doubts = [{ code: 'ONE_TARGET', share: 100, text: 'fine' }];
  expect(await toldOf(rows)).toEqual({ doubts, checked: 1999, rows: 1999 });
});

test('of many rows, 2000 from all over are looked at, so that a sorted table is no table of one target', async () => {
  const target = (n: number) => (n < 5000 ? 'good' : 'bad');
  const sorted = Array.from({ length: 9000 }, (_, n) => ({ context: `mail ${n * n}`, target: target(n) }));
  expect(await toldOf(sorted)).toEqual({ doubts: [], checked: 2000, rows: 9000 });
  const numbered = sorted.map(({ context }, n) => ({ context, target: `Q-${n}` }));
  expect((await toldOf(numbered)).doubts).toMatchObject([{ code: 'TARGETS_COUNT' }]);
});

test('of long rows fewer are looked at, from all over as well', async () => {
  const target = (n: number) => (n < 200 ? 'fine' : `${n % 7}`);
  const rows = Array.from({ length: 300 }, (_, n) => ({ context: `${n}`.padEnd(100_000, ' x'), target: target(n) }));
  const { checked, doubts } = await toldOf(rows);
  expect(checked).toBeLessThan(60);
  expect(doubts).toEqual([]);
});
