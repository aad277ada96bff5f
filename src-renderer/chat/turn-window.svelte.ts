const step = 60;

/**
 * Which of many turns are drawn: the last ones, and more of the earlier ones as a person goes up. Opening a conversation of ten
 * thousand turns costs what sixty cost.
 */
export class TurnWindow<T> {
  readonly #all: () => readonly T[];
  #drawn = $state(step);

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
    this.#drawn += step;
  }

  /** Begins at the foot, or so that the turn at `place` is among those drawn. */
  begin(place: number): void {
    this.#drawn = place < 0 ? step : Math.max(step, this.#all().length - place + step / 2);
  }
}
