import type { Split } from '../../src-contract/dataset.ts';
import { FirstRows, textKey } from './findings/hash-table.ts';
import { splitOfState, stateOfSplit } from './row-states.ts';

/** The splits of what must stay together, by the keys of `splitKey`: of those keys alone that were named first, in a few bytes each. */
export class UnitSplits {
  readonly #numbers = new FirstRows();
  #count = 0;
  #splits = new Uint8Array(1024);

  /** Only keys that are expected are remembered. */
  expect(key: string): void {
    if (this.#numbers.firstOr(textKey(key), this.#count) === undefined) this.#count++;
  }

  set(key: string, split: Split): void {
    const number = this.#numbers.first(textKey(key));
    if (number === undefined) return;
    if (number >= this.#splits.length) {
      const larger = new Uint8Array(Math.max(this.#count, number + 1));
      larger.set(this.#splits);
      this.#splits = larger;
    }
    this.#splits[number] = stateOfSplit(split);
  }

  get(key: string): Split | undefined {
    const number = this.#numbers.first(textKey(key));
    return number === undefined ? undefined : splitOfState(this.#splits[number] ?? 0);
  }
}
