import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../src-contract/errors.ts';
import type { EndState, JobFailure, JobStore, StoredEvent } from './job-store.ts';

export interface Work<Event> {
  /** Does the work. Ends early, without a throw, when the signal aborts; a throw is a failure. */
  run(signal: AbortSignal): AsyncIterable<Event>;
  /** The last event, made when the end is already stored. */
  finished(state: EndState): Event;
}

/**
 * Does detached work of one kind, one piece at a time in the order that the store keeps, whoever watches or leaves.
 * It stores what the work tells and how it ended, and knows nothing else of it.
 */
export class Supervisor<Event> {
  readonly #store: JobStore;
  readonly #changed: () => void;
  readonly #now: () => number;
  readonly #waiting: Job<Event>[] = [];
  #current: Job<Event> | undefined;
  #closing = false;

  constructor(options: { store: JobStore; changed: () => void; now?: () => number }) {
    this.#store = options.store;
    this.#changed = options.changed;
    this.#now = options.now ?? Date.now;
  }

  /** True when work is being ended because the studio closes, not because a person stopped it. */
  get isClosing(): boolean {
    return this.#closing;
  }

  /** The job being done. */
  get current(): string | undefined {
    return this.#current?.id;
  }

  /** The last thing that the job being done has told. */
  get latest(): Event | undefined {
    return this.#current?.latest;
  }

  /** True for a job that waits for a process that is gone: it may be taken up here. */
  isLeft(id: string): boolean {
    return this.#store.isLeft(id);
  }

  /** Takes on a job that waits for a process that is gone, in its place among those that wait. Throws DATA_FOLDER_BUSY. */
  takeUp(id: string, work: Work<Event>, where: { aloneIn?: string } = {}): void {
    this.#store.adopt({ id, ...where });
    this.start(id, work);
  }

  /** The jobs of a kind that wait for a process that is gone, the first first. */
  listLeft(kind: string): string[] {
    return this.#store.listLeft(kind);
  }

  /** Takes on a job that its store has enqueued; it begins when those before it have ended. */
  start(id: string, work: Work<Event>): void {
    this.#waiting.push(new Job(id, work, this.#store));
    this.#changed();
    if (this.#current === undefined) void this.#next();
  }

  isActive(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Asks a job to end and waits until it has; so ends one that waits for a process that is gone. Any other is left alone. */
  async stop(id: string): Promise<void> {
    const job = this.#find(id);
    if (job === undefined) {
      if (this.#store.isLeft(id)) this.#store.end(id, { state: 'stopped', failure: null, now: this.#now() });
      return;
    }
    job.abort.abort();
    const place = this.#waiting.indexOf(job);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      this.#end(job, 'stopped', null);
    }
    await job.ended.promise;
  }

  /** Replays the stored events after `after`, then follows until the job ends or the signal aborts. */
  async *watch(id: string, options: { after?: number; signal?: AbortSignal } = {}): AsyncGenerator<StoredEvent<Event>> {
    let sequence = options.after ?? 0;
    const { signal } = options;
    for (;;) {
      const job = this.#find(id);
      job?.flush();
      const page = this.#store.listEvents<Event>(id, sequence, pageSize);
      for (const stored of page) {
        if (signal?.aborted) return;
        sequence = stored.sequence;
        yield stored;
      }
      if (page.length > 0) continue;
      if (job === undefined) return;
      await job.nextChange(signal);
      if (signal?.aborted) return;
    }
  }

  /** The stored events of a job up to now, the newest included. */
  *told(id: string): Generator<Event> {
    this.#find(id)?.flush();
    for (let sequence = 0; ; ) {
      const page = this.#store.listEvents<Event>(id, sequence, pageSize);
      for (const stored of page) {
        sequence = stored.sequence;
        yield stored.event;
      }
      if (page.length === 0) return;
    }
  }

  /**
   * Forgets the events from the first that `unwanted` names on: a job that goes on from an earlier point tells them again.
   * Their numbers are not given out again, so that whoever watches misses nothing.
   */
  rewind(id: string, unwanted: (event: Event) => boolean): void {
    const job = this.#find(id);
    job?.flush();
    for (let sequence = 0; ; ) {
      const page = this.#store.listEvents<Event>(id, sequence, pageSize);
      const first = page.find(({ event }) => unwanted(event));
      if (first !== undefined) {
        this.#store.deleteEventsAfter(id, first.sequence - 1);
        return;
      }
      if (page.length === 0) return;
      sequence = page.at(-1)?.sequence ?? sequence;
    }
  }

  /** Ends all work: what was going on is marked as interrupted, so that it can go on later, and what waited goes on waiting. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const job of this.#waiting.splice(0)) job.close();
    const job = this.#current;
    job?.abort.abort();
    await job?.ended.promise;
  }

  #find(id: string): Job<Event> | undefined {
    return this.#current?.id === id ? this.#current : this.#waiting.find((job) => job.id === id);
  }

  async #next(): Promise<void> {
    for (let job = this.#takeNext(); job !== undefined; job = this.#takeNext()) {
      this.#current = job;
      this.#store.begin(job.id, this.#now());
      this.#changed();
      const { state, failure } = await this.#do(job);
      this.#current = undefined;
      this.#end(job, state, failure);
    }
  }

  #takeNext(): Job<Event> | undefined {
    const next = this.#store.nextOf(this.#waiting.map(({ id }) => id));
    const place = this.#waiting.findIndex(({ id }) => id === next);
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0];
  }

  async #do(job: Job<Event>): Promise<{ state: EndState; failure: JobFailure | null }> {
    const aborted = () => ({ state: this.#closing ? ('interrupted' as const) : ('stopped' as const), failure: null });
    try {
      for await (const event of job.work.run(job.abort.signal)) job.tell(event);
      return job.abort.signal.aborted ? aborted() : { state: 'finished', failure: null };
    } catch (error) {
      // After an abort the engine's port gives a plain error, whatever the cause was.
      if (job.abort.signal.aborted) return aborted();
      const failure = failureOf(error);
      const state = error instanceof StudioError && error.code === 'ENGINE_STOPPED' ? 'interrupted' : 'failed';
      return { state, failure };
    }
  }

  #end(job: Job<Event>, state: EndState, failure: JobFailure | null): void {
    try {
      this.#store.transaction(() => {
        job.flush();
        this.#store.end(job.id, { state, failure, now: this.#now() });
        job.tell(job.work.finished(state));
        job.flush();
      });
    } catch (error) {
      // What cannot be stored now is found at the next start, as a job without a process.
      console.error(error);
    } finally {
      job.close();
      this.#changed();
    }
  }
}

/** Enough for one read, few enough not to hold up the loop. */
const pageSize = 500;

/** Events are written together, this long after the first of them. */
const flushAfterMs = 200;

class Job<Event> {
  readonly id: string;
  readonly work: Work<Event>;
  readonly abort = new AbortController();
  readonly ended = Promise.withResolvers<void>();
  latest: Event | undefined;
  readonly #store: JobStore;
  /** Of the newest event, written or not. */
  #sequence: number;
  #unwritten: StoredEvent<Event>[] = [];
  #change = Promise.withResolvers<void>();
  #flushing: AbortController | undefined;

  constructor(id: string, work: Work<Event>, store: JobStore) {
    this.id = id;
    this.work = work;
    this.#store = store;
    this.#sequence = store.lastSequence(id);
  }

  tell(event: Event): void {
    this.#sequence += 1;
    this.latest = event;
    this.#unwritten.push({ sequence: this.#sequence, event });
    this.#wake();
    if (this.#flushing === undefined) void this.#flushLater();
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
    if (flushing.signal.aborted) return;
    try {
      this.flush();
    } catch (error) {
      // A full disk, mostly. The events stay and are tried again with the next one, or at the end.
      console.error(error);
    }
  }
}

function failureOf(error: unknown): JobFailure {
  if (error instanceof StudioError) return { code: error.code, message: error.message, hint: error.hint };
  console.error(error);
  return {
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something went wrong inside the studio.',
    hint: 'What was done so far is kept. The details are in the log.',
  };
}
