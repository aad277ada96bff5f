/** Runs in each of the two orders compared: a process's first ones are the noisiest. */
const runsOfEach = 12;

/**
 * Whether products read memory alternately in two places, which are groups of outputs, or in one: processors differ in
 * what they prefetch. Decided by timing passes over one position, which are mostly bound by memory; the numbers are the
 * same either way.
 */
export class MemoryOrder {
  readonly #ms: Record<'apart' | 'inOne', number[]> = { apart: [], inOne: [] };
  #isApart: boolean | undefined;

  /** For the next pass over this many positions. Until it is known, passes over one alternate. */
  readsApart(positions: number): boolean {
    return this.#isApart ?? (positions > 1 || this.#isTurnOfApart);
  }

  /** Records how long that took. */
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

/** The lower quartile: disturbances only make runs longer. */
function undisturbed(ms: readonly number[]): number {
  return ms.toSorted((a, b) => a - b)[ms.length >> 2] as number;
}
