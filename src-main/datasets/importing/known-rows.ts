import { FirstRows, textKey } from '../findings/hash-table.ts';
import type { Pair } from '../findings/remains.ts';
import type { RowStore } from '../rows/row-store.ts';
import type { TimeSlices } from '../time-slices.ts';

/** The rows of a version by what they say: a file added twice has no others. */
export class KnownRows {
  readonly #stored: RowStore;
  readonly #version: number;
  readonly #positions = new FirstRows();

  private constructor(stored: RowStore, version: number) {
    this.#stored = stored;
    this.#version = version;
  }

  static async of(stored: RowStore, version: number, slices: TimeSlices): Promise<KnownRows> {
    const rows = new KnownRows(stored, version);
    for (const row of stored.examples(version)) {
      rows.#positions.firstOr(keyOf(row), row.position);
      if (slices.isOver) await slices.rest();
    }
    return rows;
  }

  /** Whether one of them has the same context and the same target. */
  has({ context, target }: Pair): boolean {
    const position = this.#positions.first(keyOf({ context, target }));
    if (position === undefined) return false;
    // The key only suggests it.
    const [row] = this.#stored.examplesAt(this.#version, [position]);
    return row?.context === context && row.target === target;
  }
}

function keyOf({ context, target }: Pair): number {
  return textKey(`${context}\0${target}`);
}
