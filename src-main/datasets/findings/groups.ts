import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';

/** Groups with rows in several splits. Rows outside the split with most of the group belong there. */
export class SplitGroups implements Detector {
  readonly #groups = new Map<string, Group>();

  take({ group, split, number }: CheckedRow): FlaggedRow[] {
    if (group === null) return [];
    const known: Group = this.#groups.get(group) ?? { counts: new Map(), rows: [] };
    this.#groups.set(group, known);
    known.counts.set(split, (known.counts.get(split) ?? 0) + 1);
    known.rows.push({ number, split });
    return [];
  }

  *finish(read: (number: number) => CheckedRow | undefined): Generator<FlaggedRow> {
    for (const [group, { counts, rows }] of this.#groups) {
      if (counts.size < 2) continue;
      const [most] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
      const home = read(rows.find(({ split }) => split === most)?.number ?? -1);
      for (const { number, split } of rows) {
        const row = split === most ? undefined : read(number);
        if (row && home) yield flag('LEAK_GROUP', row, group, home.position);
      }
    }
  }
}

interface Group {
  readonly counts: Map<string, number>;
  readonly rows: { number: number; split: string }[];
}
