import type { RowGroups } from '../../src-contract/dataset.ts';
import type { RowStore } from './row-store.ts';
import { TimeSlices } from './time-slices.ts';

/**
 * The groups of a version's rows, those with the most rows first, and how many there are; with `search`, only those
 * whose name contains it.
 */
export async function listGroups(
  rows: RowStore,
  { version, search, limit }: { version: number; search: string; limit: number },
  signal?: AbortSignal,
): Promise<RowGroups> {
  const counts = new Map<string, number>();
  const slices = new TimeSlices(signal);
  for (const { numbers } of rows.numbersOf(version)) {
    for (const number of numbers) {
      const { group } = rows.splitFacts(number);
      if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1);
      if (slices.isOver) await slices.rest();
    }
  }
  const wanted = search.toLowerCase();
  const found = [...counts].filter(([name]) => name.toLowerCase().includes(wanted));
  const largest = found.toSorted(([, one], [, other]) => other - one).slice(0, limit);
  return { total: found.length, groups: largest.map(([name, count]) => ({ name, rows: count })) };
}
