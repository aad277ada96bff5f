/** Each row of a list has a menu, and takes a millisecond or more to draw. */
const more = 40;
/** From here on a list has a search. */
const long = 8;

/**
 * A list to find something in by its name. Of hundreds of rows, those further down are drawn when a person scrolls or
 * moves there.
 */
export class NamedList<Item> {
  search = $state('');
  #drawn = $state(more);
  readonly #all: () => readonly Item[];
  readonly #nameOf: (item: Item) => string;

  constructor(all: () => readonly Item[], nameOf: (item: Item) => string) {
    this.#all = all;
    this.#nameOf = nameOf;
  }

  get isLong(): boolean {
    return this.#all().length > long;
  }

  /** What has the text searched for in its name. */
  get found(): readonly Item[] {
    const wanted = this.search.trim().toLowerCase();
    if (wanted === '') return this.#all();
    return this.#all().filter((item) => this.#nameOf(item).toLowerCase().includes(wanted));
  }

  get drawn(): readonly Item[] {
    return this.found.slice(0, this.#drawn);
  }

  /** What is drawn, and what is chosen: that stays in sight, whatever is searched for. */
  drawnOr(isChosen: (item: Item) => boolean): readonly Item[] {
    const drawn = new Set(this.drawn);
    return this.#all().filter((item) => drawn.has(item) || isChosen(item));
  }

  drawMore(): void {
    this.#drawn = Math.min(this.#drawn, this.found.length) + more;
  }

  /** For an element below the rows. */
  readonly foot = (element: Element): (() => void) => {
    const observer = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting !== true || this.drawn.length === this.found.length) return;
        this.drawMore();
        // It may still be in view, which is only told anew.
        observer.unobserve(element);
        observer.observe(element);
      },
      { scrollMargin: '600px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
}
