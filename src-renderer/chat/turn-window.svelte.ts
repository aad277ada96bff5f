const atFirst = 40;
/** Small steps: drawing more turns while scrolling must not be noticeable. */
const more = 20;
/** Many screens of the shortest turns; beyond, those furthest from where a person reads are left out. */
const most = 120;

/**
 * Which of many turns are drawn: the last ones, or those around the place where a person reads. Opening a conversation
 * of ten thousand turns costs as much as one of forty, wherever in it.
 */
export class TurnWindow<T> {
  readonly #all: () => readonly T[];
  #drawn = $state(atFirst);
  /** Where those drawn end; undefined is the end of the conversation, which grows. */
  #end = $state<number | undefined>(undefined);

  constructor(all: () => readonly T[]) {
    this.#all = all;
  }

  get turns(): readonly T[] {
    return this.#all().slice(this.earlier, this.#until);
  }

  /** How many earlier turns are not drawn. */
  get earlier(): number {
    return Math.max(0, this.#until - this.#drawn);
  }

  /** How many later turns are not drawn. */
  get later(): number {
    return this.#all().length - this.#until;
  }

  showEarlier(): void {
    const from = Math.max(0, this.earlier - more);
    this.#show(from, Math.min(this.#until, from + most));
  }

  showLater(): void {
    const end = Math.min(this.#until + more, this.#all().length);
    this.#show(Math.max(this.earlier, end - most), end);
  }

  /** Starts at the bottom, or so that the turn at `place` is among those drawn. */
  begin(place: number): void {
    const { length } = this.#all();
    const from = place < 0 ? length - atFirst : Math.max(0, Math.min(place - more, length - atFirst));
    this.#show(from, from + atFirst);
  }

  get #until(): number {
    const { length } = this.#all();
    return Math.min(this.#end ?? length, length);
  }

  #show(from: number, end: number): void {
    const { length } = this.#all();
    this.#end = end < length ? end : undefined;
    this.#drawn = end - from;
  }
}
