import { setTimeout as sleep } from 'node:timers/promises';
import type { JobStore, StoredEvent } from './job-store.ts';

/** Events are written together, this long after the first of them. */
const flushAfterMs = 200;

/**
 * A job that is being done, or waits for it: the events that it tells, of which the newest are not written yet. Whoever watches
 * reads what is written, and waits for the next change.
 */
export class ToldJob<Event> {
  readonly id: string;
  readonly ended = Promise.withResolvers<void>();
  /** What it told last of how far it is. */
  howFar: Event | undefined;
  /** Why its end cannot be stored yet. */
  unstorable: Promise<unknown> | undefined;
  readonly #store: JobStore;
  /** Of the newest event, written or not. */
  #sequence: number;
  #unwritten: StoredEvent<Event>[] = [];
  #change = Promise.withResolvers<void>();
  #flushing: AbortController | undefined;

  constructor(id: string, store: JobStore) {
    this.id = id;
    this.#store = store;
    this.#sequence = store.lastSequence(id);
  }

  tell(event: Event): void {
    this.#sequence += 1;
    this.#unwritten.push({ sequence: this.#sequence, event });
    this.#wake();
    if (this.#flushing === undefined) void this.#flushLater();
  }

  /** Writes the newest events and a last one; to be called in the transaction that stores the end. */
  writeWith(last: Event): void {
    this.#store.insertEvents(this.id, [...this.#unwritten, { sequence: this.#sequence + 1, event: last }]);
  }

  /** Tells that the last event has been written, and with it all before. */
  tellWritten(): void {
    this.#unwritten = [];
    this.#sequence += 1;
    this.#wake();
  }

  /** The newest events as far as they are not written. */
  unwrittenAfter(sequence: number): readonly StoredEvent<Event>[] {
    return this.#unwritten.filter((event) => event.sequence > sequence);
  }

  holdBack(why: Promise<unknown>): void {
    this.unstorable = why;
    this.ended.resolve();
    this.#wake();
  }

  /** Writes the newest events, if that can be done now. They stay, and are tried again with the next one or at the end. */
  tryToFlush(): void {
    try {
      this.flush();
    } catch {
      // A full disk, mostly: whoever watches is told of it when the job ends.
    }
  }

  flush(): void {
    this.#flushing?.abort();
    this.#flushing = undefined;
    if (this.#unwritten.length === 0) return;
    const events = this.#unwritten;
    this.#store.transaction(() => this.#store.insertEvents(this.id, events));
    this.#unwritten = [];
  }

  async nextChange(signal: AbortSignal | undefined): Promise<void> {
    const left = Promise.withResolvers<void>();
    const leave = () => left.resolve();
    signal?.addEventListener('abort', leave);
    if (signal?.aborted) leave();
    await Promise.race([this.#change.promise, left.promise]);
    signal?.removeEventListener('abort', leave);
  }

  close(): void {
    this.#flushing?.abort();
    this.#flushing = undefined;
    this.ended.resolve();
    this.#wake();
  }

  #wake(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  async #flushLater(): Promise<void> {
    const flushing = new AbortController();
    this.#flushing = flushing;
    await sleep(flushAfterMs, undefined, { signal: flushing.signal, ref: false }).catch(() => undefined);
    if (!flushing.signal.aborted) this.tryToFlush();
  }
}
