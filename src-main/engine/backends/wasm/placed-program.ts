import { elements } from '../../tensor.ts';
import { type Machine, type Program, wordsOf } from './machine.ts';
import type { Written } from './program.ts';
import type { Value } from './program-writer.ts';
import { type Address, numbersOf } from './step.ts';

/** Numbers row by row, or all of them as one; valid until the next pass. */
export type RowViews = readonly Float32Array[];

/** What the threads run over some number of positions, and its outputs; where each thread has its own, the first's. */
interface Placed {
  readonly programs: readonly Program[];
  readonly outputs: ReadonlyMap<string, RowViews>;
}

/** A program in memory, with arguments for each thread: for as many positions as it was written for, or fewer. */
export class PlacedProgram {
  readonly #written: Written;
  readonly #machine: Machine;
  readonly #shared: number;
  /** For each thread: its memory, and the address of its steps. */
  readonly #threads: readonly { readonly own: number; readonly start: number }[];
  #count = 0;
  #placed: Placed = { programs: [], outputs: new Map() };

  /** Throws CannotRun if there is no memory for it. */
  constructor(written: Written, machine: Machine, threads: number) {
    this.#written = written;
    this.#machine = machine;
    this.#shared = machine.take(written.shared);
    // No thread has more than all steps.
    const words = written.steps.flatMap(({ kernel, given }) =>
      wordsOf(
        kernel,
        given.map(() => 0),
      ),
    );
    this.#threads = Array.from({ length: threads }, () => ({
      own: machine.take(written.own),
      start: machine.take(4 * words.length),
    }));
  }

  /** Arguments that depend on the number of positions are rewritten when it changes. */
  over(count: number): Placed {
    if (count !== this.#count) {
      this.#count = count;
      this.#placed = {
        programs: this.#threads.map((_, thread) => this.#put(thread)),
        outputs: new Map(Array.from(this.#written.outputs, ([name, value]) => [name, this.#partsOf(value)])),
      };
    }
    return this.#placed;
  }

  release(): void {
    for (const { own, start } of this.#threads) for (const address of [own, start]) this.#machine.give(address);
    this.#machine.give(this.#shared);
  }

  #put(thread: number): Program {
    const { steps, isSplit, positions } = this.#written;
    const { own, start } = this.#threads[thread] as { own: number; start: number };
    const resolve = (address: Address) => this.#resolved(address, own);
    const site = { thread: [thread, this.#threads.length], isSplit } as const;
    const words: number[] = [];
    for (const step of steps) {
      const numbers = numbersOf(step, { ...site, resolve, positions: { most: positions, count: this.#count } });
      if (numbers !== undefined) words.push(...wordsOf(step.kernel, numbers));
    }
    this.#machine.integers(start, words.length).set(words);
    return [start, start + 4 * words.length];
  }

  #resolved(address: Address, own: number): number {
    if (typeof address === 'number') return address;
    return address.offset + (address.region === 'shared' ? this.#shared : own);
  }

  #partsOf({ dims, address, row }: Value): RowViews {
    const base = this.#resolved(address, this.#threads[0]?.own ?? 0);
    const [most = 1] = dims;
    const rows = most === this.#written.positions ? this.#count : most;
    const size = elements(dims.slice(1));
    if (row === 4 * size || rows === 1) return [this.#machine.floats(base, rows * size)];
    return Array.from({ length: rows }, (_, i) => this.#machine.floats(base + i * row, size));
  }
}
