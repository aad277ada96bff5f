/**
 * Lets a few do their work at a time; the others wait in a lane for each model, and the lanes take turns, so that many requests
 * to one adapter do not hold up a single one to another.
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

  /** Resolves when it is this one's turn, with what ends the turn; undefined when too many wait already. Throws on abort. */
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

  /** The place of the one that is over goes to the first of the lane whose turn it is. */
  #next(): void {
    for (const [lane, waiting] of this.#lanes) {
      const called = waiting.shift();
      this.#lanes.delete(lane);
      if (called === undefined) continue;
      // Put last: a Map keeps the order of insertion.
      if (waiting.length > 0) this.#lanes.set(lane, waiting);
      this.#waiting--;
      called();
      return;
    }
    this.#running--;
  }
}
