/** One slice of a long list, and the list's length. */
export interface Slice<Item> {
  readonly total: number;
  readonly items: readonly Item[];
}

const pageSize = 100;
const keptPages = 60;
/**
 * In characters: about 100 MB. If rows hold more, the only pages kept are those that one view may span, plus one on
 * either side.
 */
const keptLetters = 64 * 1024 * 1024;
const viewPages = 4;

/**
 * A long list fetched in pages of 100, only where in view; the pages last in view are kept, up to 60 or as many as
 * their texts allow. `reset` starts over, for another filter, and `reread` refreshes rows that may have changed; what
 * is on screen stays until their answers have arrived, and answers to earlier requests are dropped.
 */
export class Paged<Item> {
  #total = $state<number | undefined>();
  #pages = $state.raw<ReadonlyMap<number, readonly Item[]>>(new Map());
  #error = $state.raw<unknown>();
  readonly #asked = new Set<number>();
  /** Pages, least recently wanted first. */
  readonly #wanted = new Set<number>();
  readonly #fetch: (offset: number, limit: number) => Promise<Slice<Item>>;
  #round = 0;
  /** The pages this round waits for before it is shown, and those that have arrived so far. */
  readonly #due = new Set<number>();
  #coming: Map<number, readonly Item[]> = new Map();

  readonly #lettersOf: (item: Item) => number;

  /** `lettersOf` is for items that may hold long texts. */
  constructor(
    fetch: (offset: number, limit: number) => Promise<Slice<Item>>,
    { lettersOf = () => 0 }: { lettersOf?: (item: Item) => number } = {},
  ) {
    this.#fetch = fetch;
    this.#lettersOf = lettersOf;
  }

  /** Undefined until the first answer. */
  get total(): number | undefined {
    return this.#total;
  }

  get error(): unknown {
    return this.#error;
  }

  /** Undefined while it is being fetched. */
  at(place: number): Item | undefined {
    return this.#pages.get(Math.floor(place / pageSize))?.[place % pageSize];
  }

  /** The index of the item among the rows fetched; undefined if it is not there. */
  placeOf(is: (item: Item) => boolean): number | undefined {
    for (const [page, items] of this.#pages) {
      const place = items.findIndex(is);
      if (place >= 0) return page * pageSize + place;
    }
    return undefined;
  }

  /** Fetches the missing rows in [`first`, `end`). */
  want(first: number, end: number): void {
    for (const page of pagesOf({ first, end })) {
      this.#wanted.delete(page);
      this.#wanted.add(page);
      if (!this.#asked.has(page)) void this.#load(page);
    }
  }

  /** Refetches the rows in [`first`, `end`) and the total, for a list that grows. */
  async again(first: number, end: number): Promise<void> {
    await Promise.all(pagesOf({ first, end: Math.max(end, 1) }).map((page) => this.#load(page)));
  }

  async reset(): Promise<void> {
    await this.#startAnew([0]);
  }

  /**
   * Rereads the first page and those of the ranges; they are swapped in together, so that nothing in them is ever
   * missing.
   */
  async reread(ranges: readonly { readonly first: number; readonly end: number }[]): Promise<void> {
    await this.#startAnew([0, ...ranges.flatMap(pagesOf)]);
  }

  async #startAnew(pages: readonly number[]): Promise<void> {
    this.#round++;
    this.#asked.clear();
    this.#coming = new Map();
    this.#due.clear();
    for (const page of pages) this.#due.add(page);
    await Promise.all([...this.#due].map((page) => this.#load(page)));
  }

  /** A page in one answer, or in several if its rows are too long for one. */
  async #whole(page: number): Promise<Slice<Item>> {
    const offset = page * pageSize;
    const items: Item[] = [];
    for (;;) {
      const answer = await this.#fetch(offset + items.length, pageSize - items.length);
      items.push(...answer.items);
      const { total } = answer;
      if (answer.items.length === 0 || items.length >= Math.min(pageSize, total - offset)) return { total, items };
    }
  }

  async #load(page: number): Promise<void> {
    const round = this.#round;
    this.#asked.add(page);
    try {
      const { total, items } = await this.#whole(page);
      if (round !== this.#round) return;
      this.#due.delete(page);
      const pages = new Map(this.#coming);
      pages.set(page, items);
      this.#coming = this.#kept(pages);
      if (this.#due.size > 0) return;
      this.#pages = this.#coming;
      this.#total = total;
      this.#error = undefined;
    } catch (error) {
      if (round !== this.#round) return;
      this.#asked.delete(page);
      this.#error = error;
    }
  }

  #kept(pages: ReadonlyMap<number, readonly Item[]>): Map<number, readonly Item[]> {
    const lately = [...pages.keys()].filter((page) => !this.#wanted.has(page)).concat([...this.#wanted]);
    const kept = new Map<number, readonly Item[]>();
    let letters = 0;
    for (const page of lately.toReversed()) {
      const items = pages.get(page);
      if (items === undefined) continue;
      letters += items.reduce((sum, item) => sum + this.#lettersOf(item), 0);
      if (kept.size < viewPages || (kept.size < keptPages && letters <= keptLetters)) kept.set(page, items);
      else this.#asked.delete(page);
    }
    return kept;
  }
}

function pagesOf({ first, end }: { readonly first: number; readonly end: number }): number[] {
  const pages: number[] = [];
  for (let page = Math.floor(Math.max(0, first) / pageSize); page * pageSize < end; page++) pages.push(page);
  return pages;
}
