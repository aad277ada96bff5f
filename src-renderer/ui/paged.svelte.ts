/** One slice of a long list, and how long the list is. */
export interface Slice<Item> {
  readonly total: number;
  readonly items: readonly Item[];
}

const pageSize = 100;
const keptPages = 60;

/**
 * A long list of which only the parts in view are fetched, in pages of 100, the last 60 kept.
 * `reset` starts anew, for another filter; what was there stays on screen until the first answer, and answers to earlier
 * questions are dropped.
 */
export class Paged<Item> {
  #total = $state<number | undefined>();
  #pages = $state.raw<ReadonlyMap<number, readonly Item[]>>(new Map());
  #error = $state.raw<unknown>();
  readonly #asked = new Set<number>();
  readonly #fetch: (offset: number, limit: number) => Promise<Slice<Item>>;
  #round = 0;
  /** The round that `#pages` belongs to. */
  #shownRound = 0;

  constructor(fetch: (offset: number, limit: number) => Promise<Slice<Item>>) {
    this.#fetch = fetch;
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

  /** Fetches what is missing of the rows from `first` up to `end`. */
  want(first: number, end: number): void {
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      if (!this.#asked.has(page)) void this.#load(page);
    }
  }

  /** Fetches the rows from `first` up to `end` anew, and how many there are: of a list that grows. */
  async again(first: number, end: number): Promise<void> {
    const pages: Promise<void>[] = [];
    for (let page = Math.floor(first / pageSize); page * pageSize < Math.max(end, 1); page++)
      pages.push(this.#load(page));
    await Promise.all(pages);
  }

  async reset(): Promise<void> {
    this.#round++;
    this.#asked.clear();
    await this.#load(0);
  }

  async #load(page: number): Promise<void> {
    const round = this.#round;
    this.#asked.add(page);
    try {
      const { total, items } = await this.#fetch(page * pageSize, pageSize);
      if (round !== this.#round) return;
      const pages = new Map(this.#shownRound === round ? this.#pages : []);
      pages.set(page, items);
      for (const oldest of [...pages.keys()].slice(0, Math.max(0, pages.size - keptPages))) {
        pages.delete(oldest);
        this.#asked.delete(oldest);
      }
      this.#shownRound = round;
      this.#pages = pages;
      this.#total = total;
      this.#error = undefined;
    } catch (error) {
      if (round !== this.#round) return;
      this.#asked.delete(page);
      this.#error = error;
    }
  }
}
