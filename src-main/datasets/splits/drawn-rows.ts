import type { Example, Split } from '../../../src-contract/dataset.ts';
import type { RowStore } from '../rows/row-store.ts';
import { TimeSlices } from '../time-slices.ts';
import { chanceOf } from './split.ts';

/**
 * Draws `count` of the `total` rows of a split, spread evenly and in order, reproducibly for a seed. From each of
 * `count` equal stretches it takes the first row, from a random position on, for which `take` returns something. Other
 * rows are not read.
 */
export async function* drawRows<T>(
  rows: RowStore,
  of: { version: number; split: Split; total: number; count: number; seed: number },
  take: (row: Example) => T | undefined | Promise<T | undefined>,
): AsyncGenerator<T, void> {
  const { version, split, total, count, seed } = of;
  const beginOf = (stretch: number) => Math.floor((stretch * total) / count);
  let stretch = 0;
  let wanted = 0;
  const next = (after: number) => {
    stretch = after;
    const begin = beginOf(stretch);
    wanted = begin + Math.floor(chanceOf(`row ${stretch}`, seed) * (beginOf(stretch + 1) - begin));
  };
  next(0);
  let passed = 0;
  const slices = new TimeSlices();
  for (const { numbers } of rows.numbersOf(version, split)) {
    while (stretch < count && wanted < passed + numbers.length) {
      const [row] = rows.byNumbers(version, numbers.subarray(wanted - passed, wanted - passed + 1));
      const taken = row && (await take(row));
      if (taken !== undefined) yield taken;
      if (taken !== undefined || ++wanted >= beginOf(stretch + 1)) next(stretch + 1);
    }
    passed += numbers.length;
    if (stretch >= count) return;
    if (slices.isOver) await slices.rest();
  }
}
