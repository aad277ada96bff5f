import { orderBits } from './kernels/layout.ts';

/** Runs of each of two orders that are compared. */
const runsOfEach = 12;

/** With fewer rows there are none that find a pair of groups near; with more, memory is not what is waited for. */
const [fewestAhead, mostAhead] = [3, 31];

/** Which of two orders is quicker: they take turns until each was timed so often. */
class Trial {
  readonly #ms: readonly [number[], number[]] = [[], []];
  #isSecond: boolean | undefined;

  /** Whether it is the second one's turn, or that one is the quicker. */
  get takesSecond(): boolean {
    const [first, second] = this.#ms;
    return this.#isSecond ?? second.length < first.length;
  }

  /** Whether the second one is the quicker, as far as is known. */
  get prefersSecond(): boolean {
    return this.#isSecond ?? true;
  }

  /** How long the one took whose turn it was. */
  ran(ms: number): void {
    if (this.#isSecond !== undefined) return;
    const [first, second] = this.#ms;
    (this.takesSecond ? second : first).push(ms);
    if (second.length === runsOfEach) this.#isSecond = undisturbed(second) < undisturbed(first);
  }
}

/**
 * In what order kernels read memory (`orderBits`): processors differ in what they ask it for by themselves. It is found out by what passes take, which give
 * the same numbers in any order.
 */
export class MemoryOrder {
  readonly #apart = new Trial();
  /** By how many positions a pass is over. */
  readonly #ahead = new Map<number, Trial>();

  /** For the next pass over so many positions. */
  bitsFor(positions: number): number {
    const isApart = positions === 1 ? this.#apart.takesSecond : this.#apart.prefersSecond;
    const isAhead = this.#aheadOf(positions)?.takesSecond ?? false;
    return (isApart ? orderBits.apart : 0) | (isAhead ? orderBits.ahead : 0);
  }

  /** How long that took. */
  ran(positions: number, ms: number): void {
    if (positions === 1) this.#apart.ran(ms);
    else this.#aheadOf(positions)?.ran(ms);
  }

  #aheadOf(positions: number): Trial | undefined {
    if (positions < fewestAhead || positions > mostAhead) return undefined;
    const known = this.#ahead.get(positions) ?? new Trial();
    this.#ahead.set(positions, known);
    return known;
  }
}

/** What a quarter of the runs took no longer than: what disturbs them makes them longer alone. */
function undisturbed(ms: readonly number[]): number {
  return ms.toSorted((a, b) => a - b)[ms.length >> 2] as number;
}
