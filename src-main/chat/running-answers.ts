import { setTimeout as pause } from 'node:timers/promises';

/** The answers that are being written. The studio closes after them, so that what they had written is kept. */
export class RunningAnswers {
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /** The events of an answer, which ends when it is left, and when the studio closes. */
  async *follow<Event>(
    begin: (signal: AbortSignal) => AsyncIterable<Event>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Event> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#running.add(promise);
    try {
      yield* begin(AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]));
    } finally {
      this.#running.delete(promise);
      resolve();
    }
  }

  /** Ends all of them. One that nobody listens to any more, not even to its end, is not waited for. */
  async close(): Promise<void> {
    this.#closing.abort();
    const waiting = new AbortController();
    await Promise.race([
      Promise.all(this.#running),
      pause(patienceMs, undefined, { signal: waiting.signal }).catch(() => undefined),
    ]);
    waiting.abort();
  }
}

const patienceMs = 2_000;
