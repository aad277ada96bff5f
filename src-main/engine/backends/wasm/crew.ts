/** So many sleeps in a program tell that threads were kept from running, or have uneven shares. */
const sleepsOfHeldUp = 4;
/** Of the last programs that all ran, so many are remembered, and so many that were held up are no accident. */
const remembered = 5;
const heldUpOften = 2;
/** Programs that one thread runs to show what it takes alone. */
const trial = 3;
/** Programs that are run in the better way before the other is looked at again: more each time that it was the better one. */
const settled = { fewest: 8, most: 256 } as const;

/**
 * Whether all threads run the next program, or one alone: where the processor has other work, all wait for the one that it keeps from
 * running. Once they often slept for each other, one runs some programs, and goes on where it is quicker. Programs are alike in what they have to do.
 */
export class Crew {
  readonly #threads: number;
  /** Of the last programs of all: how long they took, and whether threads were held up. */
  #together: { readonly ms: number; readonly isHeldUp: boolean }[] = [];
  /** How long those took that one has run since. */
  #aloneMs: number[] = [];
  /** Programs that one thread is still to run, and how many it is next time; and those of all whose sleeps count for nothing. */
  #alone = 0;
  #nextAlone: number = settled.fewest;
  #trusted = 0;
  #nextTrusted: number = settled.fewest;

  constructor(threads: number) {
    this.#threads = threads;
  }

  get size(): number {
    return this.#alone > 0 ? 1 : this.#threads;
  }

  /** How long the program took, and how often its threads slept for each other. */
  ran(ms: number, sleeps: number): void {
    if (this.#alone > 0) this.#ranAlone(ms);
    else this.#ranTogether(ms, sleeps);
  }

  #ranTogether(ms: number, sleeps: number): void {
    this.#together = [...this.#together, { ms, isHeldUp: sleeps >= sleepsOfHeldUp }].slice(-remembered);
    const heldUp = this.#together.filter(({ isHeldUp }) => isHeldUp).length;
    if (this.#trusted > 0) this.#trusted--;
    else if (heldUp >= heldUpOften) [this.#aloneMs, this.#alone] = [[], trial];
    else if (heldUp === 0) this.#nextAlone = Math.max(settled.fewest, this.#nextAlone / 2);
  }

  #ranAlone(ms: number): void {
    this.#aloneMs.push(ms);
    if (--this.#alone > 0) return;
    if (this.#aloneMs.length > trial) {
      this.#together = [];
    } else if (middle(this.#aloneMs) < middle(this.#together.map((each) => each.ms))) {
      this.#alone = this.#nextAlone;
      this.#nextAlone = Math.min(settled.most, 2 * this.#nextAlone);
      this.#nextTrusted = settled.fewest;
    } else {
      this.#trusted = this.#nextTrusted;
      this.#nextTrusted = Math.min(settled.most, 2 * this.#nextTrusted);
    }
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
