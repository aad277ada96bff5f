import type { Dataset, RowGroups } from '../../../src-contract/dataset.ts';
import { TimeSlices } from '../time-slices.ts';
import type { RowStore } from './row-store.ts';

type Counted = RowGroups['groups'][number];

/** Finds groups of rows by name. Those of the last version asked for are kept: a search is typed letter by letter. */
export class GroupSearch {
  #last: { readonly key: string; readonly groups: Promise<readonly Counted[]> } | undefined;

  /**
   * The groups of a dataset's rows, those with the most rows first, and how many there are; with `search`, only those
   * whose name contains it.
   */
  async list(
    { id, version, sha256 }: Pick<Dataset, 'id' | 'version' | 'sha256'>,
    { search, limit }: { search: string; limit: number },
    { rows, signal }: { rows: RowStore; signal?: AbortSignal | undefined },
  ): Promise<RowGroups> {
    const groups = await this.#counted(`${id} ${version} ${sha256}`, rows, version);
    const wanted = search.toLowerCase();
    const found: Counted[] = [];
    let total = 0;
    const slices = new TimeSlices(signal);
    for (const group of groups) {
      if (slices.isOver) await slices.rest();
      if (!group.name.toLowerCase().includes(wanted)) continue;
      total++;
      if (found.length < limit) found.push(group);
    }
    return { total, groups: found };
  }

  /** Whoever stops waiting leaves it to the next letter. */
  #counted(key: string, rows: RowStore, version: number): Promise<readonly Counted[]> {
    if (this.#last?.key === key) return this.#last.groups;
    const groups = largestFirst(rows, version);
    const last = { key, groups };
    this.#last = last;
    groups.catch(() => {
      if (this.#last === last) this.#last = undefined;
    });
    return groups;
  }
}

async function largestFirst(rows: RowStore, version: number): Promise<readonly Counted[]> {
  const counts = new Map<string, number>();
  const slices = new TimeSlices();
  for (const { numbers } of rows.numbersOf(version)) {
    for (const number of numbers) {
      const { group } = rows.splitFacts(number);
      if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1);
      if (slices.isOver) await slices.rest();
    }
  }
  // Sorting hundreds of thousands of groups would take too long at once; few sizes differ.
  const bySize = new Map<number, Counted[]>();
  for (const [name, size] of counts) {
    const same = bySize.get(size);
    if (same === undefined) bySize.set(size, [{ name, rows: size }]);
    else same.push({ name, rows: size });
    if (slices.isOver) await slices.rest();
  }
  return [...bySize].sort(([one], [other]) => other - one).flatMap(([, same]) => same);
}
