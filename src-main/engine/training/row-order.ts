import { Random } from '../random.ts';
import type { BatchRow } from './batch-row.ts';
import { areKin, orderById } from './prefix-sharing.ts';

/**
 * The order in which a training takes its rows; each epoch has its own, drawn from the seed. Rows that share a passage
 * or schema stay together in small flocks, so that a batch reads the shared part once; a flock is at most two thirds of
 * a batch, so that every batch still holds several.
 */
export class RowOrder {
  readonly #families: readonly (readonly number[])[];
  readonly #batchSize: number;
  readonly #flock: number;
  readonly #seed: number | null;

  /** Without a `seed`, rows keep their order. */
  constructor(rows: readonly BatchRow[], { batchSize, seed }: { batchSize: number; seed: number | null }) {
    this.#families = seed === null ? [rows.map((_, i) => i)] : familiesOf(rows);
    this.#batchSize = batchSize;
    this.#flock = Math.max(1, Math.floor((2 / 3) * batchSize));
    this.#seed = seed;
  }

  of(epoch: number): Int32Array {
    if (this.#seed === null) return Int32Array.from(this.#families.flat());
    const random = new Random(this.#seed, 0x0de4, epoch);
    const flocks = this.#families.flatMap((family) => this.#cut(shuffled(family, random)));
    return Int32Array.from(wholeInBatches(shuffled(flocks, random), this.#batchSize));
  }

  #cut(family: readonly number[]): (readonly number[])[] {
    const count = Math.ceil(family.length / this.#flock);
    const start = (i: number) => Math.round((i * family.length) / count);
    return Array.from({ length: count }, (_, i) => family.slice(start(i), start(i + 1)));
  }
}

/** Rows with a common beginning, by index; each row is in one family. */
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

/** How many flocks are considered when looking for one that fits the rest of a batch. */
const lookahead = 16;

/** The rows of flocks, ordered so that batches cut from it hold whole flocks where some fit soon enough. */
function wholeInBatches(flocks: readonly (readonly number[])[], batchSize: number): number[] {
  const order: number[] = [];
  const waiting: (readonly number[])[] = [];
  let next = 0;
  for (let room = batchSize; waiting.length > 0 || next < flocks.length; ) {
    while (waiting.length < lookahead && next < flocks.length) waiting.push(flocks[next++] as readonly number[]);
    const sizes = waiting.map(({ length }) => (length <= room ? length : 0));
    // The largest that fits; if none does, the first is split.
    const [flock] = waiting.splice(sizes.indexOf(Math.max(...sizes)), 1) as [readonly number[]];
    order.push(...flock.slice(0, room));
    if (flock.length > room) waiting.unshift(flock.slice(room));
    room = room > flock.length ? room - flock.length : batchSize;
  }
  return order;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return Array.from(random.permutation(items.length), (place) => items[place] as T);
}
