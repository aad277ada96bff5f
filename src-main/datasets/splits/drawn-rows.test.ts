import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Example } from '../../../src-contract/dataset.ts';
import { DatasetFolder } from '../../../test/fixtures/dataset-folder.ts';
import { drawRows } from './drawn-rows.ts';

let given: DatasetFolder;
beforeEach(() => {
  given = new DatasetFolder();
});
afterEach(() => given.close());

test('one row is drawn from each stretch of a split, in order, reproducibly for a seed', async () => {
  const { drawn } = make();
  const first = await drawn(100, 1);
  expect(first).toHaveLength(100);
  // Half of 10,000 rows are in the split, so each of its hundred stretches has fifty rows and spans a hundred
  // positions.
  expect(first.every((position, stretch) => Math.floor(position / 100) === stretch)).toBe(true);
  expect(first.every((position) => position % 2 === 0)).toBe(true);
  expect(await drawn(100, 1)).toEqual(first);
  expect(await drawn(100, 2)).not.toEqual(first);
  expect(new Set(first.map((position) => position % 100)).size).toBeGreaterThan(20);
});

test('an unusable row gives way to the next in its stretch, and a stretch without any yields none', async () => {
  const { drawn } = make();
  const usable = (position: number) => position >= 5000 && position % 100 >= 90;
  const found = await drawn(100, 1, usable);
  expect(found.every(usable)).toBe(true);
  expect(new Set(found.map((position) => Math.floor(position / 100))).size).toBe(found.length);
  expect(found.length).toBeGreaterThan(40);
  expect(found.length).toBeLessThanOrEqual(50);
});

function make() {
  const rows = Array.from({ length: 10_000 }, (_, row) => ({
    context: `row ${row}`,
    split: row % 2 === 0 ? ('train' as const) : ('test' as const),
  }));
  const { id, version, splits } = given.make(rows);
  const drawn = async (count: number, seed: number, isUsable: (position: number) => boolean = () => true) => {
    const take = ({ position }: Example) => (isUsable(position) ? position : undefined);
    const of = { version, split: 'train' as const, total: splits.train, count, seed };
    const positions: number[] = [];
    for await (const position of drawRows(given.store.rows(id), of, take)) positions.push(position);
    return positions;
  };
  return { drawn };
}
