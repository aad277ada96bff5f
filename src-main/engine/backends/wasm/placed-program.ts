import { elements } from '../../tensor.ts';
import { type Machine, type Program, wordsOf } from './machine.ts';
import type { Written } from './program.ts';
import type { Value } from './program-writer.ts';
import { type Address, numbersOf } from './step.ts';

/** Numbers row by row, or all of them as one, where they lie until the next pass. */
export type LyingRows = readonly Float32Array[];

/** A program in memory, for each thread with its own numbers: for as many positions as it was written for, or fewer. */
export class PlacedProgram {
  readonly #written: Written;
  readonly #machine: Machine;
  readonly #shared: number;
  /** Of each thread: its memory, and where its steps lie. */
  readonly #threads: readonly { readonly own: number; readonly start: number }[];
  #count: number;
  #programs: readonly Program[];

  /** Throws CannotRun where there is no memory for it. */
  constructor(written: Written, machine: Machine, threads: number) {
    this.#written = written;
    this.#machine = machine;
    this.#count = written.positions;
    this.#shared = machine.take(written.shared);
    const owns = Array.from({ length: threads }, () => machine.take(written.own));
    const all = owns.map((own, thread) => this.#words(thread, own, threads));
    // With fewer positions there are no more steps.
    this.#threads = all.map((words, thread) => ({
      own: owns[thread] as number,
      start: machine.take(4 * words.length),
    }));
    this.#programs = all.map((words, thread) => this.#put(words, thread));
  }

  /** What the threads run over so many positions. */
  programs(count: number): readonly Program[] {
    if (count !== this.#count) {
      this.#count = count;
      const { length } = this.#threads;
      this.#programs = this.#threads.map(({ own }, thread) => this.#put(this.#words(thread, own, length), thread));
    }
    return this.#programs;
  }

  /** Of what each thread has its own, that of the first. */
  get outputs(): ReadonlyMap<string, LyingRows> {
    return new Map(Array.from(this.#written.outputs, ([name, value]) => [name, this.#partsOf(value)]));
  }

  release(): void {
    for (const { own, start } of this.#threads) for (const address of [own, start]) this.#machine.give(address);
    this.#machine.give(this.#shared);
  }

  #words(thread: number, own: number, threads: number): number[] {
    const { steps, isSplit, positions } = this.#written;
    const resolve = (address: Address) => this.#resolved(address, own);
    const part = isSplit ? ([thread, threads] as const) : ([0, 1] as const);
    const words: number[] = [];
    for (const step of steps) {
      const numbers = numbersOf(step, { part, resolve, positions: { most: positions, count: this.#count } });
      if (numbers !== undefined) words.push(...wordsOf(step.kernel, numbers));
    }
    return words;
  }

  #put(words: readonly number[], thread: number): Program {
    const { start } = this.#threads[thread] as { start: number };
    this.#machine.integers(start, words.length).set(words);
    return [start, start + 4 * words.length];
  }

  #resolved(address: Address, own: number): number {
    if (typeof address === 'number') return address;
    return address.offset + (address.region === 'shared' ? this.#shared : own);
  }

  #partsOf({ dims, address, row }: Value): LyingRows {
    const base = this.#resolved(address, this.#threads[0]?.own ?? 0);
    const [most = 1] = dims;
    const rows = most === this.#written.positions ? this.#count : most;
    const size = elements(dims.slice(1));
    if (row === 4 * size || rows === 1) return [this.#machine.floats(base, rows * size)];
    return Array.from({ length: rows }, (_, i) => this.#machine.floats(base + i * row, size));
  }
}
