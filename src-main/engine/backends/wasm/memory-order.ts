/** Runs in each of two orders that are compared: the first ones of a process are disturbed the most. */
const runsOfEach = 12;

/**
 * Whether products read memory in two places by turns, which are groups of outputs, or in one: processors differ in what they ask it for by
 * themselves. It is found out by what passes over one position take, which is memory for the most part; they give the same numbers either way.
 */
export class MemoryOrder {
  readonly #ms: Record<'apart' | 'inOne', number[]> = { apart: [], inOne: [] };
  #isApart: boolean | undefined;

  /** For the next pass over so many positions. Until it is known, those over one take turns. */
  readsApart(positions: number): boolean {
    return this.#isApart ?? (positions > 1 || this.#isTurnOfApart);
  }

  /** How long that took. */
  ran(positions: number, ms: number): void {
    if (positions > 1 || this.#isApart !== undefined) return;
    const { apart, inOne } = this.#ms;
    (this.#isTurnOfApart ? apart : inOne).push(ms);
    if (apart.length === runsOfEach) this.#isApart = undisturbed(apart) < undisturbed(inOne);
  }

  get #isTurnOfApart(): boolean {
    return this.#ms.apart.length < this.#ms.inOne.length;
  }
}

/** What a quarter of the runs took no longer than: what disturbs them makes them longer alone. */
function undisturbed(ms: readonly number[]): number {
  return ms.toSorted((a, b) => a - b)[ms.length >> 2] as number;
}
