/** Finds the nearest rows around positions, which must be asked for in ascending order. */
export class Neighbours {
  readonly #at: (position: number) => number | undefined;
  readonly #end: number;
  /** What the last upward search skipped and found, so that a gap is scanned only once. */
  #gap = { from: 0, to: -1, next: undefined as number | undefined };
  #lastAsked = -1;
  #lastBefore: number | undefined;

  constructor(at: (position: number) => number | undefined, end: number) {
    this.#at = at;
    this.#end = end;
  }

  /** The pairs of neighbours that include a position or span it, by position; undefined marks the ends. */
  pairsAround(position: number): [left: number | undefined, right: number | undefined][] {
    const before = this.#before(position);
    const after = this.#after(position);
    this.#lastAsked = position;
    this.#lastBefore = before;
    if (this.#at(position) === undefined) return [[before, after]];
    return [
      [before, position],
      [position, after],
    ];
  }

  #before(position: number): number | undefined {
    for (let place = position - 1; place > this.#lastAsked; place--) if (this.#at(place) !== undefined) return place;
    if (this.#lastAsked < 0) return undefined;
    return this.#at(this.#lastAsked) !== undefined ? this.#lastAsked : this.#lastBefore;
  }

  #after(position: number): number | undefined {
    if (position >= this.#gap.from && position <= this.#gap.to) return this.#gap.next;
    let place = position + 1;
    while (place < this.#end && this.#at(place) === undefined) place++;
    this.#gap = { from: position, to: place - 1, next: place < this.#end ? place : undefined };
    return this.#gap.next;
  }
}
