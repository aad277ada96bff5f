import type { Split } from '../../src-contract/dataset.ts';
import { passageOf } from './row-passage.ts';

/** Finds, among the rows of a dataset, those that a new one belongs with. Blanks make no difference, as they come and go in a box. */
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
    // One that is held out matters most: it must not be trained on.
    const matters = this.#same?.split === 'train' && split !== 'train';
    if (this.#same === undefined || matters) this.#same = { number, split };
  }

  /** The row with the same context, if there is one. */
  get same(): number | undefined {
    return this.#same?.number;
  }

  /** The split that all rows with the same passage, document or schema are in; null where there is none, or several. */
  get split(): Split | null {
    return onlyOf(this.#splits);
  }

  /** The group that all of them have. */
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
