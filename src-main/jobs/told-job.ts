import { setTimeout as sleep } from 'node:timers/promises';
import type { JobStore, StoredEvent } from './job-store.ts';

/** Events are written in batches, this long after the first of a batch. */
const flushAfterMs = 200;

/**
 * A running or queued job and its events, the newest of which are not written yet. Watchers read what is written, and
 * wait for the next change.
 */
export class ToldJob<Event> {
  readonly id: string;
  readonly ended = Promise.withResolvers<void>();
  /** The latest progress event. */
  howFar: Event | undefined;
  /** Why its end cannot be stored yet. */
  unstorable: Promise<unknown> | undefined;
  readonly #store: JobStore;
  /** Sequence number of the newest event, written or not. */
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

  /** Writes the unwritten events and a last one; call it in the transaction that stores the end. */
  writeWith(last: Event): void {
    this.#store.insertEvents(this.id, [...this.#unwritten, { sequence: this.#sequence + 1, event: last }]);
  }

  /** Called once the last event, and with it everything before, has been written. */
  tellWritten(): void {
    this.#unwritten = [];
    this.#sequence += 1;
    this.#wake();
  }

  /** The events after `sequence` that are not written yet. */
  unwrittenAfter(sequence: number): readonly StoredEvent<Event>[] {
    return this.#unwritten.filter((event) => event.sequence > sequence);
  }

  holdBack(why: Promise<unknown>): void {
    this.unstorable = why;
    this.ended.resolve();
    this.#wake();
  }

  /** Writes the newest events if possible; otherwise they are kept, and retried with the next event or at the end. */
  tryToFlush(): void {
    try {
      this.flush();
    } catch {
      // Usually a full disk: watchers are told when the job ends.
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
