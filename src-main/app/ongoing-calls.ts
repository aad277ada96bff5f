import { endedWithin } from '../async/ended-within.ts';

interface Ongoing {
  readonly ended: Promise<unknown>;
  /** Whether it is about to end: a stream goes on for as long as somebody watches. */
  readonly ends: () => boolean;
}

/** The calls in progress, so that nothing is closed under them. */
export class OngoingCalls {
  readonly #ongoing = new Set<Ongoing>();
  #isOver = false;

  /** True once they have been waited for: what is still running finds everything closed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Passes the result of the work through. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    const ongoing = { ended: work.catch(() => undefined), ends: () => true };
    this.#ongoing.add(ongoing);
    try {
      return await work;
    } finally {
      this.#ongoing.delete(ongoing);
    }
  }

  /** `left` aborts when nobody watches any more; what the stream does then, such as undoing, is waited for. */
  async *following<Event>(events: AsyncIterable<Event>, left: AbortSignal | undefined): AsyncGenerator<Event> {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const ongoing = { ended, ends: () => left?.aborted === true };
    this.#ongoing.add(ongoing);
    try {
      yield* events;
    } finally {
      this.#ongoing.delete(ongoing);
      resolve();
    }
  }

  /** Waits for what is about to end, but not for long: some of it ignores that its caller has left. */
  async settle(): Promise<void> {
    const ending = [...this.#ongoing].filter(({ ends }) => ends()).map(({ ended }) => ended);
    await endedWithin(longestWaitMs, ending);
    this.#isOver = true;
  }
}

const longestWaitMs = 3000;
