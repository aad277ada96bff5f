/** Thrown where a schema takes more than it may: it comes from outside. */
export class TooMuchWork extends Error {}

/** What may be spent on the patterns and numbers of one schema altogether. */
export class Budget {
  /** Steps, each of some microseconds; an address of e-mail takes 80,000. */
  #work = 1_000_000;
  /** States of automata, each of some tenths of a millisecond. */
  #states = 30_000;

  spend(work: number): void {
    this.#work -= work;
    if (this.#work < 0) throw new TooMuchWork();
  }

  takeState(): void {
    if (--this.#states < 0) throw new TooMuchWork();
  }
}
