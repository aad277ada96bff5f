const atFirst = 40;
/** Small steps: drawing more turns while scrolling must not be noticeable. */
const more = 20;

/**
 * Which of many turns are drawn: the last ones, and more of the earlier ones as a person scrolls up. Opening a
 * conversation of ten thousand turns costs as much as one of forty.
 */
export class TurnWindow<T> {
  readonly #all: () => readonly T[];
  #drawn = $state(atFirst);

  constructor(all: () => readonly T[]) {
    this.#all = all;
  }

  get turns(): readonly T[] {
    const all = this.#all();
    return all.slice(Math.max(0, all.length - this.#drawn));
  }

  /** How many earlier turns are not drawn. */
  get earlier(): number {
    return Math.max(0, this.#all().length - this.#drawn);
  }

  showEarlier(): void {
    this.#drawn += more;
  }

  /** Starts at the bottom, or so that the turn at `place` is among those drawn. */
  begin(place: number): void {
    this.#drawn = place < 0 ? atFirst : Math.max(atFirst, this.#all().length - place + more);
  }
}
