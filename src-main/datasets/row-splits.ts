import { hash } from 'node:crypto';
import type { Split } from '../../src-contract/dataset.ts';
import { chanceOfDigest, dealUnits, manyUnits, splitKey, splitOfChance } from './split.ts';

/**
 * Deals rows to splits as they come: by the chance of what must stay together. A table of few units is dealt anew at the end;
 * until there are too many of them, the unit of each row is remembered, in two bytes a row.
 */
export class RowSplits {
  readonly #seed: number;
  readonly #recent = new Map<string, { split: Split; unit: number }>();
  #units: Map<string, Unit> | undefined = new Map();
  #unitOfRow = new Uint16Array(4096);
  #rows = 0;
  #key: Buffer = Buffer.allocUnsafe(16 * 1024);

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The split of the next row; its context is asked for where no group decides, as text or as bytes of UTF-8. */
  next(row: { context: () => string | Uint8Array; group: string | null }): Split {
    const known = row.group === null ? undefined : this.#recent.get(row.group);
    const { split, unit } = known ?? this.#find(row);
    if (!known && row.group !== null) {
      if (this.#recent.size >= keptGroups) this.#recent.clear();
      this.#recent.set(row.group, { split, unit });
    }
    if (this.#units) this.#remember(unit);
    return split;
  }

  /** The next row has a split of its own, whatever its group. */
  passOver(): void {
    if (this.#units) this.#remember(ownSplit);
  }

  /** The rows whose split is another one, now that all units are known. */
  *moved(): Generator<{ position: number; split: Split }, void> {
    if (!this.#units) return;
    const units = [...this.#units.values()];
    for (let row = 0; row < this.#rows; row++) {
      const unit = units[this.#unitOfRow[row] ?? 0];
      if (unit) unit.rows++;
    }
    const dealt = dealUnits(units);
    for (let position = 0; position < this.#rows; position++) {
      const unit = units[this.#unitOfRow[position] ?? 0];
      const split = unit && dealt.get(unit);
      if (split && split !== unit.split) yield { position, split };
    }
  }

  #find({ context, group }: Parameters<RowSplits['next']>[0]): { split: Split; unit: number } {
    const digest = group === null ? this.#digestOf(context()) : hash('sha256', this.#keyed({ context: '', group }));
    const chance = chanceOfDigest(digest);
    const split = splitOfChance(chance);
    if (!this.#units) return { split, unit: 0 };
    let unit = this.#units.get(digest);
    if (!unit) {
      unit = { number: this.#units.size, rows: 0, chance, split };
      this.#units.set(digest, unit);
      if (this.#units.size > manyUnits) {
        this.#units = undefined;
        this.#unitOfRow = new Uint16Array(0);
      }
    }
    return { split, unit: unit.number };
  }

  #digestOf(context: string | Uint8Array): string {
    if (typeof context === 'string') return hash('sha256', this.#keyed({ context, group: null }));
    const start = this.#keyed({ context: '', group: null });
    if (this.#key.length < start.length + context.length) this.#key = Buffer.allocUnsafe(context.length * 2);
    this.#key.write(start, 'latin1');
    this.#key.set(context, start.length);
    return hash('sha256', this.#key.subarray(0, start.length + context.length));
  }

  #keyed(row: { context: string; group: string | null }): string {
    return `${this.#seed}\0${splitKey(row)}`;
  }

  #remember(unit: number): void {
    if (this.#rows === this.#unitOfRow.length) {
      const larger = new Uint16Array(this.#rows * 2);
      larger.set(this.#unitOfRow);
      this.#unitOfRow = larger;
    }
    this.#unitOfRow[this.#rows++] = unit;
  }
}

interface Unit {
  readonly number: number;
  rows: number;
  readonly chance: number;
  readonly split: Split;
}

/** A unit that there never is. */
const ownSplit = manyUnits + 1000;
const keptGroups = 10_000;
