/** This many sleeps in a program, taking this share of its time, mean threads were held up or have uneven shares. */
const sleepsOfHeldUp = 4;
const partOfHeldUp = 0.1;
/** The longest single sleep. */
const sleepMs = 0.2;
/** How many of the last programs on all threads are remembered, and how many of them held up are no accident. */
const remembered = 5;
const heldUpOften = 2;
/** How much to try before deciding which is better: less for long programs. */
export interface Habits {
  /** Initial programs to ignore: V8 and other threads are still busy starting up. */
  readonly first: number;
  /** Programs run on one thread to time it. */
  readonly trial: number;
  /** Programs run the better way before the other is tried again: doubled each time it turns out better again. */
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
  /** After a pause, such as prefill by something else: others may still be busy, so sleeps mean nothing. */
  readonly isRested?: boolean;
}

/**
 * Decides whether the next program runs on all threads or on one: on a busy processor, all wait for the thread that is
 * kept from running. Once threads have often slept for each other, one thread runs some programs, and continues if it
 * is mostly faster than all were on programs of the same kind, which have equal work.
 */
export class Crew {
  readonly #threads: number;
  readonly #habits: Habits;
  /** Whether threads were held up in the last programs on all threads. */
  #heldUp: boolean[] = [];
  /** Time per position of the last programs on all threads, by kind. */
  #togetherMs = new Map<string, readonly number[]>();
  /** For each trial, whether one thread was faster; undefined outside a trial. */
  #trials: boolean[] | undefined;
  /** Initial programs still to come. */
  #first: number;
  /**
   * Programs still to run on one thread, and how many next time; the same for programs on all threads whose sleeps are
   * ignored.
   */
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

  /** The best number of threads for the next program of a kind. */
  size(kind: string): number {
    const isTried = this.#trials !== undefined && this.#togetherMs.has(kind);
    return this.#alone > 0 || isTried ? 1 : this.#threads;
  }

  /** Records how long the program took, over how many positions, and how often its threads slept for each other. */
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
    // Earlier timings on all threads are out of date.
    if (this.#alone === 0) [this.#heldUp, this.#togetherMs] = [[], new Map()];
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
