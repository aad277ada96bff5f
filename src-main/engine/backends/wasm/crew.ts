/** So many sleeps in a program tell that threads were kept from running, or have uneven shares. */
const sleepsOfHeldUp = 4;
/** Programs that are run in one way before the other is looked at again: more each time that it was the better one. */
const trial = { fewest: 8, most: 256 } as const;

/**
 * Whether all threads run the next program, or one alone: where the processor has other work, all wait for the one that it keeps from
 * running. Once they slept for each other, one runs some programs, and goes on where it is quicker.
 */
export class Crew {
  readonly #threads: number;
  /** Programs that one thread is still to run, and how many it is next time; and those of all whose sleeps count for nothing. */
  #alone = 0;
  #nextAlone: number = trial.fewest;
  #trusted = 0;
  #nextTrusted: number = trial.fewest;
  /** How long the program took that threads were held up in, and those that one has run since. */
  #heldUpMs = 0;
  #aloneMs: number[] = [];

  constructor(threads: number) {
    this.#threads = threads;
  }

  get size(): number {
    return this.#alone > 0 ? 1 : this.#threads;
  }

  ranTogether(ms: number, sleeps: number): void {
    if (this.#trusted > 0) this.#trusted--;
    else if (sleeps >= sleepsOfHeldUp) [this.#heldUpMs, this.#aloneMs, this.#alone] = [ms, [], this.#nextAlone];
    else this.#nextAlone = Math.max(trial.fewest, this.#nextAlone / 2);
  }

  ranAlone(ms: number): void {
    if (this.#alone === 0) return;
    this.#alone--;
    this.#aloneMs.push(ms);
    if (this.#aloneMs.length < trial.fewest) return;
    const usual = this.#aloneMs.toSorted((a, b) => a - b)[trial.fewest / 2] as number;
    if (usual >= this.#heldUpMs) {
      [this.#alone, this.#trusted] = [0, this.#nextTrusted];
      this.#nextTrusted = Math.min(trial.most, 2 * this.#nextTrusted);
    } else if (this.#alone === 0) {
      this.#nextAlone = Math.min(trial.most, 2 * this.#nextAlone);
      this.#nextTrusted = trial.fewest;
    }
  }

  /** A thread has ended: one is left. */
  isBroken(): void {
    this.#alone = Number.POSITIVE_INFINITY;
    this.#heldUpMs = Number.POSITIVE_INFINITY;
  }
}
