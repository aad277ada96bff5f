import { hash } from 'node:crypto';
import type { Split } from '../../../src-contract/dataset.ts';
import { chanceOfDigest, dealUnits, manyUnits, type SplitShares, splitOfChance, usualShares } from './split.ts';

/**
 * Assigns rows to splits as they come, by the hash of what must stay together. A table of few units is reassigned at
 * the end; until there are too many, each row's unit is remembered, in two bytes per row.
 */
export class RowSplits {
  readonly #seed: number;
  readonly #shares: SplitShares;
  readonly #recent = new Map<string, { split: Split; unit: number }>();
  #units: Map<string, Unit> | undefined = new Map();
  #unitOfRow = new Uint16Array(4096);
  #rows = 0;
  #key: Buffer = Buffer.allocUnsafe(16 * 1024);

  constructor(seed: number, shares = usualShares) {
    this.#seed = seed;
    this.#shares = shares;
  }

  /**
   * The split of the next row. Without a group, its passage decides, or else its context, as text or as UTF-8 bytes;
   * both are fetched only if needed.
   */
  next(row: UnitOfRow): Split {
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

  /** The rows whose split changes, now that all units are known. */
  *moved(): Generator<{ position: number; split: Split }, void> {
    if (!this.#units) return;
    const units = [...this.#units.values()];
    for (let row = 0; row < this.#rows; row++) {
      const unit = units[this.#unitOfRow[row] ?? 0];
      if (unit) unit.rows++;
    }
    const dealt = dealUnits(units, this.#shares);
    for (let position = 0; position < this.#rows; position++) {
      const unit = units[this.#unitOfRow[position] ?? 0];
      const split = unit && dealt.get(unit);
      if (split && split !== unit.split) yield { position, split };
    }
  }

  #find(row: UnitOfRow): { split: Split; unit: number } {
    const digest = this.#digestOf(row);
    const chance = chanceOfDigest(digest);
    const split = splitOfChance(chance, this.#shares);
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

  /** Hash of the seed and what `splitKey` returns for the row. */
  #digestOf({ group, context, passage }: UnitOfRow): string {
    if (group !== null) return hash('sha256', `${this.#seed}\0g${group}`);
    if (passage !== undefined) return hash('sha256', `${this.#seed}\0p${passage()}`);
    const own = context();
    const start = `${this.#seed}\0r`;
    if (typeof own === 'string') return hash('sha256', start + own);
    if (this.#key.length < start.length + own.length) this.#key = Buffer.allocUnsafe(own.length * 2);
    this.#key.write(start, 'latin1');
    this.#key.set(own, start.length);
    return hash('sha256', this.#key.subarray(0, start.length + own.length));
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

/** What determines the unit that a row is assigned with. */
interface UnitOfRow {
  readonly group: string | null;
  readonly context: () => string | Uint8Array;
  readonly passage?: (() => string) | undefined;
}

interface Unit {
  readonly number: number;
  rows: number;
  readonly chance: number;
  readonly split: Split;
}

/** A unit number that never occurs. */
const ownSplit = manyUnits + 1000;
const keptGroups = 10_000;
