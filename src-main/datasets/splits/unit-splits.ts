import type { Split } from '../../../src-contract/dataset.ts';
import { FirstRows, textKey } from '../findings/hash-table.ts';
import { splitOfState, stateOfSplit } from '../rows/row-states.ts';
import type { RowStore } from '../rows/row-store.ts';
import { splitKey } from './split.ts';

/** The unit that a row must stay with, as a number that is never 0. */
export function unitOf(row: { context: string; group: string | null }): number {
  return textKey(splitKey(row));
}

/** The splits of units, by the numbers from `unitOf`; only expected units are stored, in a few bytes each. */
export class UnitSplits {
  readonly #numbers = new FirstRows();
  #count = 0;
  #splits = new Uint8Array(1024);

  /** Only expected units are remembered. */
  expect(unit: number): void {
    if (this.#numbers.firstOr(unit, this.#count) === undefined) this.#count++;
  }

  set(unit: number, split: Split): void {
    const number = this.#numbers.first(unit);
    if (number === undefined) return;
    if (number >= this.#splits.length) {
      const larger = new Uint8Array(Math.max(this.#count, number + 1));
      larger.set(this.#splits);
      this.#splits = larger;
    }
    this.#splits[number] = stateOfSplit(split);
  }

  get(unit: number): Split | undefined {
    const number = this.#numbers.first(unit);
    return number === undefined ? undefined : splitOfState(this.#splits[number] ?? 0);
  }
}

/** Sets the splits in which a version has the expected units; yields page by page. */
export function* knownHomes(stored: RowStore, version: number, homes: UnitSplits): Generator<void> {
  for (const { numbers, states } of stored.rowsOf(version).pages()) {
    for (const [place, number] of numbers.entries()) {
      const { group, context } = stored.splitFacts(number);
      const unit = unitOf({ group, context: group === null ? String(context()) : '' });
      const split = splitOfState(states[place] ?? 0);
      if (split) homes.set(unit, split);
    }
    yield;
  }
}
