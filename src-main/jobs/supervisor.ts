import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../src-contract/errors.ts';
import { type KeptFailure, keptFailureOf } from '../../src-contract/kept-failure.ts';
import type { EndState, JobStore, StoredEvent } from './job-store.ts';
import { ToldJob } from './told-job.ts';

export interface Work<Event> {
  /** Does the work. Ends early, without throwing, when the signal aborts; a throw is a failure. */
  run(signal: AbortSignal): AsyncIterable<Event>;
  /** The last event, built once the end has been stored. */
  finished(state: EndState): Event;
}

/** Work shared by several jobs: it reports on each, and each may end before the others. */
export interface SharedWork<Event> {
  run(signal: AbortSignal): AsyncIterable<Told<Event>>;
  /** The last event of a job, built once its end has been stored. */
  finished(id: string, state: EndState): Event;
}

/** What shared work reports about one of its jobs. A job that it does not end explicitly ends with the work. */
export type Told<Event> = { readonly id: string } & (
  | { readonly event: Event }
  | { readonly end: 'finished' }
  | { readonly error: unknown }
);

/**
 * Runs detached work of one kind, one piece at a time in the store's queue order, whether or not anybody watches. It
 * stores the events and the outcome, and knows nothing else about the work but that the last event of a job is of the
 * kind `finished`.
 */
export class Supervisor<Event extends { readonly kind: string }> {
  readonly #store: JobStore;
  readonly #changed: () => void;
  readonly #known: (error: unknown, id: string | undefined) => Promise<unknown>;
  readonly #mayGoOn: () => void;
  readonly #tellsHowFar: (event: Event) => boolean;
  readonly #now: () => number;
  readonly #waiting: Piece<Event>[] = [];
  #current: Piece<Event> | undefined;
  /** What runs at once, outside the queue. */
  readonly #beside = new Set<Piece<Event>>();
  /** Jobs that have ended but whose end cannot be stored yet. */
  readonly #unstored = new Map<ToldJob<Event>, () => void>();
  #storing: AbortController | undefined;
  #closing = false;

  /**
   * `known` maps an error from a lower layer, such as a full disk, to one made for users; it also gets the job in which
   * it occurred. `mayGoOn` throws what ends all work, and is called before any event is stored. `tellsHowFar` picks out
   * the events that report progress from those in between.
   */
  constructor(options: {
    store: JobStore;
    changed: () => void;
    known?: (error: unknown, id: string | undefined) => Promise<unknown>;
    mayGoOn?: () => void;
    tellsHowFar?: (event: Event) => boolean;
    now?: () => number;
  }) {
    this.#store = options.store;
    this.#changed = options.changed;
    const { known = async (error) => error } = options;
    // Where an error cannot be explained, it is told as it is: the work has to end either way.
    this.#known = (error, id) => known(error, id).catch(() => error);
    this.#mayGoOn = options.mayGoOn ?? (() => {});
    this.#tellsHowFar = options.tellsHowFar ?? (() => true);
    this.#now = options.now ?? Date.now;
  }

  /** True when work is ending because the studio is closing, not because a person stopped it. */
  get isClosing(): boolean {
    return this.#closing;
  }

  /** The running job; of several that share their work, the first that has not ended. */
  get current(): string | undefined {
    return this.#current?.jobs[0]?.id;
  }

  /** The latest progress event of the running job. */
  get latest(): Event | undefined {
    return this.#current?.jobs[0]?.howFar;
  }

  /** True for a queued job whose process is gone: it may be taken up here. */
  isLeft(id: string): boolean {
    return this.#store.isLeft(id);
  }

  /** Throws WORK_ELSEWHERE for a job that another living process is running or has queued. */
  requireHere(id: string): void {
    if (this.#store.isElsewhere(id)) throw new StudioError('WORK_ELSEWHERE', {});
  }

  /** Takes over a queued job whose process is gone, in its place in the queue, unless another process was first. */
  takeUp(id: string, work: Work<Event>): void {
    this.takeUpTogether([id], alone(id, work));
  }

  /** Like `takeUp`, for jobs that share their work. With `aloneIn`, throws DATA_FOLDER_BUSY. */
  takeUpTogether(ids: readonly string[], work: SharedWork<Event>, where: { aloneIn?: string } = {}): void {
    if (this.#store.adopt(ids, where)) this.startTogether(ids, work);
  }

  /** Queued jobs of a kind whose process is gone, in queue order. */
  listLeft(kind: string): string[] {
    return this.#store.listLeft(kind);
  }

  /** Accepts a job that its store has enqueued; it begins when those before it have ended. */
  start(id: string, work: Work<Event>): void {
    this.startTogether([id], alone(id, work));
  }

  /** Accepts jobs that their store has enqueued beside each other and that share their work. */
  startTogether(ids: readonly string[], work: SharedWork<Event>): void {
    this.#accept(new Piece(ids, work, this.#store));
  }

  /**
   * Resumes a job that has ended: `enqueue` enqueues it again in its store, and its last event is forgotten, for whoever
   * watches from now on. Where `enqueue` throws, the job stays as it was. A queued job whose process is gone is taken up.
   */
  resume(id: string, work: Work<Event>, enqueue: () => void): void {
    if (this.isLeft(id)) this.takeUp(id, work);
    else this.resumeTogether([id], alone(id, work), enqueue);
  }

  /** Like `resume`, for jobs that have ended and share their work. */
  resumeTogether(ids: readonly string[], work: SharedWork<Event>, enqueue: () => void): void {
    this.#accept(this.#store.transaction(() => this.#reopened(ids, work, enqueue)));
  }

  isActive(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /**
   * Asks a job, and those that share its work, to end, and waits until it has. A queued job whose process is gone is
   * ended too; one that has already ended is left alone. Throws WORK_ELSEWHERE for one that another living process is
   * running or has queued.
   */
  async stop(id: string): Promise<void> {
    const piece = this.#pieceOf(id);
    if (piece === undefined) {
      this.requireHere(id);
      if (!this.#store.isLeft(id)) return;
      this.#store.end(id, { state: 'stopped', failure: null, now: this.#now() });
      this.#changed();
      return;
    }
    const ended = piece.jobs.map((job) => job.ended.promise);
    piece.abort.abort();
    const place = this.#waiting.indexOf(piece);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      for (const job of [...piece.jobs]) this.#end(piece, job, 'stopped', null);
    }
    await Promise.all(ended);
  }

  /**
   * Finishes what is left to do for stopped jobs, at once and alongside the running one. They are enqueued as by
   * `resumeTogether`, nobody else starts them meanwhile, and they end as stopped. Throws what the work throws.
   */
  async endStopped(ids: readonly string[], work: SharedWork<Event>, enqueue: () => void): Promise<void> {
    // Never just queued: left so by a kill, they would train at the next start.
    const piece = this.#store.transaction(() => {
      const reopened = this.#reopened(ids, work, enqueue);
      this.#begin(reopened);
      return reopened;
    });
    this.#beside.add(piece);
    try {
      await this.#follow(piece);
    } finally {
      this.#beside.delete(piece);
      for (const job of [...piece.jobs]) this.#end(piece, job, 'stopped', null);
    }
  }

  /**
   * Replays the stored events after `after`, then follows the job until it ends or the signal aborts, even when another
   * process runs it. Throws whatever keeps the job's end from being stored, usually a full disk.
   */
  async *watch(id: string, options: { after?: number; signal?: AbortSignal } = {}): AsyncGenerator<StoredEvent<Event>> {
    let sequence = options.after ?? 0;
    const { signal } = options;
    for (;;) {
      const job = this.#find(id);
      job?.tryToFlush();
      // Checked before the events are read: a job writes its last events before it ends.
      const isElsewhere = job === undefined && this.#store.isElsewhere(id);
      const written = this.#store.listEvents<Event>(id, sequence, pageSize);
      // Events that cannot be written are delivered all the same.
      const page = written.length > 0 ? written : (job?.unwrittenAfter(sequence) ?? []);
      for (const stored of page) {
        if (signal?.aborted) return;
        sequence = stored.sequence;
        yield stored;
      }
      if (page.length > 0) continue;
      if (isElsewhere) await sleep(readAgainMs, undefined, { signal, ref: false }).catch(() => undefined);
      else if (job === undefined) return this.#interruptOrphans();
      else if (job.unstorable !== undefined) throw await job.unstorable;
      else await job.nextChange(signal);
      if (signal?.aborted) return;
    }
  }

  /** All events of a job so far, the newest included. */
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
   * Forgets the events from the first that `unwanted` matches: a job that resumes from an earlier point emits them
   * again. Their sequence numbers are never reused, so that watchers miss nothing.
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

  /**
   * Ends all work: running jobs are marked as interrupted, so that they can resume later, and queued jobs stay queued.
   */
  async close(): Promise<void> {
    this.#closing = true;
    this.#storing?.abort();
    for (const piece of this.#waiting.splice(0)) for (const job of piece.jobs) job.close();
    const pieces = this.#begun;
    for (const { abort } of pieces) abort.abort();
    await Promise.all(pieces.flatMap(({ jobs }) => jobs.map((job) => job.ended.promise)));
  }

  /** To be called in a transaction. */
  #reopened(ids: readonly string[], work: SharedWork<Event>, enqueue: () => void): Piece<Event> {
    for (const id of ids) this.rewind(id, ({ kind }) => kind === 'finished');
    enqueue();
    return new Piece(ids, work, this.#store);
  }

  #accept(piece: Piece<Event>): void {
    // It stays queued until the next start, like those that were waiting already.
    if (this.#closing) return;
    this.#waiting.push(piece);
    this.#changed();
    if (this.#current === undefined) void this.#next();
  }

  /** The process running a job that was being followed may have been killed. */
  #interruptOrphans(): void {
    if (this.#store.interruptOrphans(this.#now()) > 0) this.#changed();
  }

  get #begun(): Piece<Event>[] {
    return this.#current === undefined ? [...this.#beside] : [this.#current, ...this.#beside];
  }

  #pieceOf(id: string): Piece<Event> | undefined {
    return [...this.#begun, ...this.#waiting].find(({ jobs }) => jobs.some((job) => job.id === id));
  }

  #find(id: string): ToldJob<Event> | undefined {
    const isIt = (job: ToldJob<Event>) => job.id === id;
    return this.#pieceOf(id)?.jobs.find(isIt) ?? [...this.#unstored.keys()].find(isIt);
  }

  async #next(): Promise<void> {
    for (let piece = this.#takeNext(); piece !== undefined; piece = this.#takeNext()) {
      this.#current = piece;
      const { state, failure } = await this.#do(piece);
      this.#current = undefined;
      for (const job of [...piece.jobs]) this.#end(piece, job, state, failure);
    }
  }

  #takeNext(): Piece<Event> | undefined {
    const next = this.#store.nextOf(this.#waiting.flatMap(({ jobs }) => jobs.map(({ id }) => id)));
    const place = this.#waiting.findIndex(({ jobs }) => jobs.some(({ id }) => id === next));
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0];
  }

  async #do(piece: Piece<Event>): Promise<{ state: EndState; failure: KeptFailure | null }> {
    const { signal } = piece.abort;
    const aborted = () => ({ state: this.#closing ? ('interrupted' as const) : ('stopped' as const), failure: null });
    try {
      // All at once: of some, a kill would leave the others in the queue, to train without them.
      this.#store.transaction(() => this.#begin(piece));
      await this.#follow(piece);
      return signal.aborted ? aborted() : { state: 'finished', failure: null };
    } catch (thrown) {
      // After an abort the engine's port throws a plain error, whatever the cause.
      if (signal.aborted) return aborted();
      const error = await this.#known(thrown, piece.jobs[0]?.id);
      const canGoOn = error instanceof StudioError && goneOnFrom.has(error.code);
      return { state: canGoOn ? 'interrupted' : 'failed', failure: failureOf(error) };
    }
  }

  #begin({ jobs }: Piece<Event>): void {
    for (const { id } of jobs) this.#store.begin(id, this.#now());
  }

  async #follow(piece: Piece<Event>): Promise<void> {
    this.#changed();
    for await (const told of piece.work.run(piece.abort.signal)) {
      this.#mayGoOn();
      const job = piece.jobs.find(({ id }) => id === told.id);
      if (job === undefined) continue;
      if ('event' in told) {
        job.tell(told.event);
        if (this.#tellsHowFar(told.event)) job.howFar = told.event;
      } else if ('end' in told) this.#end(piece, job, told.end, null);
      else this.#end(piece, job, 'failed', failureOf(await this.#known(told.error, told.id)));
    }
  }

  #end(piece: Piece<Event>, job: ToldJob<Event>, state: EndState, failure: KeptFailure | null): void {
    piece.jobs.splice(piece.jobs.indexOf(job), 1);
    const now = this.#now();
    let last: Event | undefined;
    const store = () => {
      this.#store.transaction(() => {
        this.#store.end(job.id, { state, failure, now });
        last ??= piece.work.finished(job.id, state);
        job.writeWith(last);
      });
      job.tellWritten();
    };
    try {
      store();
    } catch (error) {
      job.holdBack(this.#known(error, undefined));
      this.#unstored.set(job, store);
      if (this.#storing === undefined && !this.#closing) void this.#storeLater();
      return;
    }
    job.close();
    this.#changed();
  }

  /**
   * Retries until every end is stored; a job whose end is not stored when the studio closes is found at the next start,
   * as one without a process.
   */
  async #storeLater(): Promise<void> {
    const storing = new AbortController();
    this.#storing = storing;
    while (this.#unstored.size > 0) {
      await sleep(storeAgainMs, undefined, { signal: storing.signal, ref: false }).catch(() => undefined);
      if (storing.signal.aborted) break;
      for (const [job, store] of this.#unstored) {
        try {
          store();
        } catch {
          continue;
        }
        this.#unstored.delete(job);
        job.close();
        this.#changed();
      }
    }
    this.#storing = undefined;
  }
}

/** Errors that end work from outside, so that it can resume from where it was. */
const goneOnFrom: ReadonlySet<string> = new Set([
  'ENGINE_STOPPED',
  'DISK_FULL',
  'DISK_SHORT',
  'DATABASE_LOCKED',
  'DATA_FOLDER_UNUSABLE',
]);

/** How often the events of a job in another process are polled. */
const readAgainMs = 500;

/** How soon storing is retried after a full disk or a locked database. */
const storeAgainMs = 1_000;

/** Wraps the work of one job as shared work. */
function alone<Event>(id: string, work: Work<Event>): SharedWork<Event> {
  return {
    async *run(signal) {
      for await (const event of work.run(signal)) yield { id, event };
    },
    finished: (_, state) => work.finished(state),
  };
}

/** A unit of work: one job, or several that share it. */
class Piece<Event> {
  readonly work: SharedWork<Event>;
  readonly abort = new AbortController();
  /** Those that have not ended. */
  readonly jobs: ToldJob<Event>[];

  constructor(ids: readonly string[], work: SharedWork<Event>, store: JobStore) {
    this.work = work;
    this.jobs = ids.map((id) => new ToldJob(id, store));
  }
}

/** Enough for one read, few enough not to block the event loop. */
const pageSize = 500;

function failureOf(error: unknown): KeptFailure {
  if (!(error instanceof StudioError)) console.error(error);
  return keptFailureOf(error);
}
