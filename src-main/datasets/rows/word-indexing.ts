import type { RowsPlace } from './rows-thread-messages.ts';
import type { RowsThread } from './rows-threads.ts';

/** Updates word indexes in the background, each only once at a time. */
export class WordIndexing {
  readonly #thread: RowsThread;
  readonly #going = new Set<string>();

  constructor(thread: RowsThread) {
    this.#thread = thread;
  }

  begin(place: RowsPlace): void {
    if (this.#going.has(place.id)) return;
    this.#going.add(place.id);
    // A failure (the studio is closing, the disk is full) only costs speed; the next access to the rows tries again.
    this.#thread
      .call('index', place)
      .catch(() => undefined)
      .finally(() => this.#going.delete(place.id));
  }
}
