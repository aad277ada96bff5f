/**
 * Lets a few callers work at a time; the others wait in one lane per model, and the lanes take turns, so that many
 * requests to one adapter do not delay a single one to another.
 */
export class FairQueue {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #lanes = new Map<string, (() => void)[]>();
  #running = 0;
  #waiting = 0;

  constructor({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /**
   * Resolves when it is the caller's turn, with a function that ends the turn; undefined if too many are waiting
   * already. Throws on abort.
   */
  async enter(lane: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    signal.throwIfAborted();
    if (this.#running >= this.#atOnce) {
      if (this.#waiting >= this.#mostWaiting) return undefined;
      await this.#wait(lane, signal);
    } else this.#running++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#next();
    };
  }

  async #wait(lane: string, signal: AbortSignal): Promise<void> {
    const waiting = this.#lanes.get(lane) ?? [];
    this.#lanes.set(lane, waiting);
    this.#waiting++;
    await new Promise<void>((resolve, reject) => {
      const called = () => {
        signal.removeEventListener('abort', left);
        resolve();
      };
      const left = () => {
        waiting.splice(waiting.indexOf(called), 1);
        this.#waiting--;
        reject(signal.reason);
      };
      waiting.push(called);
      signal.addEventListener('abort', left, { once: true });
    });
  }

  /** Passes the free slot to the first in the next lane. */
  #next(): void {
    for (const [lane, waiting] of this.#lanes) {
      const called = waiting.shift();
      this.#lanes.delete(lane);
      if (called === undefined) continue;
      // Reinserted at the end: a Map keeps insertion order.
      if (waiting.length > 0) this.#lanes.set(lane, waiting);
      this.#waiting--;
      called();
      return;
    }
    this.#running--;
  }
}
