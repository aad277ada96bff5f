import type { Split } from '../../../src-contract/dataset.ts';
import { passageOf } from './row-passage.ts';

/** Finds the existing rows that a new one belongs with. Ignores whitespace, which easily changes in a text box. */
export class RowKin {
  readonly #context: string;
  readonly #passage: string;
  readonly #splits = new Set<Split>();
  readonly #groups = new Set<string | null>();
  #same: { readonly number: number; readonly split: Split } | undefined;

  constructor(context: string) {
    this.#context = folded(context);
    this.#passage = folded(passageOf(context));
  }

  see(row: { number: number; split: Split; group: string | null; context: string | Buffer }): void {
    const { number, split, group } = row;
    const context = String(row.context);
    if (folded(passageOf(context)) !== this.#passage) return;
    this.#splits.add(split);
    this.#groups.add(group);
    if (folded(context) !== this.#context) return;
    // A held-out row matters most: it must not be trained on.
    const matters = this.#same?.split === 'train' && split !== 'train';
    if (this.#same === undefined || matters) this.#same = { number, split };
  }

  /** The row with the same context, if there is one. */
  get same(): number | undefined {
    return this.#same?.number;
  }

  /** The split shared by all rows with the same passage, document or schema; null if there are none or they differ. */
  get split(): Split | null {
    return onlyOf(this.#splits);
  }

  /** The group shared by all of them. */
  get group(): string | null {
    return onlyOf(this.#groups);
  }
}

function onlyOf<T>(values: ReadonlySet<T>): T | null {
  const [first = null] = values;
  return values.size === 1 ? first : null;
}

function folded(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
