/** So many sleeps in a program, and as such a part of its time, tell that threads were kept from running, or have uneven shares. */
const sleepsOfHeldUp = 4;
const partOfHeldUp = 0.1;
/** The longest that a sleep is. */
const sleepMs = 0.2;
/** Of the last programs that all ran, so many are remembered, and so many that were held up are no accident. */
const remembered = 5;
const heldUpOften = 2;
/** How much is tried before it is known what is better: of programs that take long, less. */
export interface Habits {
  /** The first programs, beside which V8 and other threads still do what a start has them do: they tell nothing. */
  readonly first: number;
  /** Programs that one thread runs to show what it takes alone. */
  readonly trial: number;
  /** Programs that are run in the better way before the other is looked at again: more each time that it was the better one. */
  readonly fewest: number;
  readonly most: number;
}

export const habits = {
  decode: { first: 12, trial: 3, fewest: 8, most: 256 },
  prefill: { first: 2, trial: 1, fewest: 2, most: 32 },
} as const satisfies Record<string, Habits>;

interface Ran {
  readonly ms: number;
  readonly sleeps: number;
  readonly positions?: number;
  /** Behind a pause, such as a prompt that something else read: others may still be at work, so its sleeps tell nothing. */
  readonly isRested?: boolean;
}

/**
 * Whether all threads run the next program, or one alone: where the processor has other work, all wait for the one that it keeps from
 * running. Once they often slept for each other, one runs some programs, and goes on where it is mostly quicker than all were with programs
 * of the same kind, which have as much to do.
 */
export class Crew {
  readonly #threads: number;
  readonly #habits: Habits;
  /** Whether threads were held up in the last programs of all. */
  #heldUp: boolean[] = [];
  /** How long all took for a position in the last programs of each kind. */
  #togetherMs = new Map<string, readonly number[]>();
  /** Whether one was quicker, trial by trial; undefined where none is made. */
  #trials: boolean[] | undefined;
  /** Of the first programs, those that are still to come. */
  #first: number;
  /** Programs that one thread is still to run, and how many it is next time; and those of all whose sleeps count for nothing. */
  #alone = 0;
  #nextAlone: number;
  #trusted = 0;
  #nextTrusted: number;

  constructor(threads: number, own: Habits) {
    this.#threads = threads;
    this.#habits = own;
    this.#first = own.first;
    this.#nextAlone = own.fewest;
    this.#nextTrusted = own.fewest;
  }

  /** How many threads the next program of a kind is best for. */
  size(kind: string): number {
    const isTried = this.#trials !== undefined && this.#togetherMs.has(kind);
    return this.#alone > 0 || isTried ? 1 : this.#threads;
  }

  /** How long the program took, over how many positions, and how often its threads slept for each other. */
  ran(kind: string, { ms, sleeps, positions = 1, isRested = false }: Ran): void {
    if (this.#threads === 1) return;
    const each = ms / positions;
    if (this.#first > 0) this.#first--;
    else if (this.#alone > 0) this.#ranAlone();
    else if (this.size(kind) === 1) this.#tried(each < middle(this.#togetherMs.get(kind) as readonly number[]));
    else if (!isRested)
      this.#ranTogether(kind, each, sleeps >= sleepsOfHeldUp && sleeps * sleepMs >= partOfHeldUp * ms);
  }

  #ranTogether(kind: string, ms: number, isHeldUp: boolean): void {
    this.#togetherMs.set(kind, [...(this.#togetherMs.get(kind) ?? []), ms].slice(-remembered));
    this.#heldUp = [...this.#heldUp, isHeldUp].slice(-remembered);
    const heldUp = this.#heldUp.filter(Boolean).length;
    if (this.#trusted > 0) this.#trusted--;
    else if (heldUp >= heldUpOften) this.#trials ??= [];
    else if (heldUp === 0) this.#nextAlone = Math.max(this.#habits.fewest, this.#nextAlone / 2);
  }

  #tried(isQuicker: boolean): void {
    const trials = [...(this.#trials ?? []), isQuicker];
    this.#trials = trials.length < this.#habits.trial ? trials : undefined;
    if (this.#trials !== undefined) return;
    if (trials.filter(Boolean).length > this.#habits.trial / 2) {
      this.#alone = this.#nextAlone;
      this.#nextAlone = Math.min(this.#habits.most, 2 * this.#nextAlone);
      this.#nextTrusted = this.#habits.fewest;
    } else {
      this.#trusted = this.#nextTrusted;
      this.#nextTrusted = Math.min(this.#habits.most, 2 * this.#nextTrusted);
    }
  }

  #ranAlone(): void {
    this.#alone--;
    // What all took before tells nothing any more.
    if (this.#alone === 0) [this.#heldUp, this.#togetherMs] = [[], new Map()];
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
