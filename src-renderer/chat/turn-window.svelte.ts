const atFirst = 40;
/** Few at a time: what is drawn while a person scrolls must not be felt. */
const more = 20;

/**
 * Which of many turns are drawn: the last ones, and more of the earlier ones as a person goes up. Opening a conversation of ten
 * thousand turns costs what forty cost.
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

  /** How many earlier ones are not drawn. */
  get earlier(): number {
    return Math.max(0, this.#all().length - this.#drawn);
  }

  showEarlier(): void {
    this.#drawn += more;
  }

  /** Begins at the foot, or so that the turn at `place` is among those drawn. */
  begin(place: number): void {
    this.#drawn = place < 0 ? atFirst : Math.max(atFirst, this.#all().length - place + more);
  }
}
