import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longer slices would keep a page waiting. */
const sliceMs = 8;

/** Lets long work yield to the event loop every few milliseconds: `if (slices.isOver) await slices.rest()`. */
export class TimeSlices {
  readonly #signal: AbortSignal | undefined;
  #began = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  get isOver(): boolean {
    return performance.now() - this.#began > sliceMs;
  }

  /** Throws the abort reason. */
  async rest(): Promise<void> {
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#began = performance.now();
  }
}
