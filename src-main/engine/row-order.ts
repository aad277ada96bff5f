import type { BatchRow } from './batch-row.ts';
import { areKin, orderById } from './prefix-sharing.ts';
import { Random } from './random.ts';

/**
 * In which order a training takes its rows, epoch by epoch; each epoch has an order of its own, drawn from the seed.
 * Rows with one passage or schema in common stay together in small flocks, so that a batch reads what they share once;
 * a flock is at most half a batch, so that every batch still holds several.
 */
export class RowOrder {
  readonly #families: readonly (readonly number[])[];
  readonly #flock: number;
  readonly #seed: number | null;

  /** Without a `seed` the rows come as they stand. */
  constructor(rows: readonly BatchRow[], { batchSize, seed }: { batchSize: number; seed: number | null }) {
    this.#families = seed === null ? [rows.map((_, i) => i)] : familiesOf(rows);
    this.#flock = Math.max(1, Math.floor(batchSize / 2));
    this.#seed = seed;
  }

  of(epoch: number): Int32Array {
    if (this.#seed === null) return Int32Array.from(this.#families.flat());
    const random = new Random(this.#seed, 0x0de4, epoch);
    const flocks = this.#families.flatMap((family) => this.#cut(shuffled(family, random)));
    return Int32Array.from(shuffled(flocks, random).flat());
  }

  #cut(family: readonly number[]): (readonly number[])[] {
    const count = Math.ceil(family.length / this.#flock);
    return Array.from({ length: count }, (_, i) => family.slice(i * this.#flock, (i + 1) * this.#flock));
  }
}

/** Rows that begin alike, by their places; each row is in one family. */
function familiesOf(rows: readonly BatchRow[]): number[][] {
  const families: number[][] = [];
  for (const row of orderById(rows)) {
    const family = families.at(-1);
    const before = rows[family?.at(-1) ?? -1];
    if (family && before && areKin(before, rows[row] as BatchRow)) family.push(row);
    else families.push([row]);
  }
  return families;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return Array.from(random.permutation(items.length), (place) => items[place] as T);
}
