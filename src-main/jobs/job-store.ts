import { StudioError } from '../../src-contract/errors.ts';
import type { KeptFailure } from '../../src-contract/kept-failure.ts';
import type { StudioDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';

export type JobState = 'queued' | 'running' | EndState;
export type EndState = 'finished' | 'stopped' | 'failed' | 'interrupted';

/** The columns of a job that say how it failed; other queries select them alongside their own. */
export interface FailureColumns {
  error_code: string | null;
  error_message: string | null;
  error_hint: string | null;
  error_data: string | null;
}

export function failureOf({ error_code: code, ...columns }: FailureColumns): KeptFailure | null {
  if (code === null) return null;
  const data = columns.error_data === null ? undefined : (JSON.parse(columns.error_data) as KeptFailure['data']);
  return { code, message: columns.error_message ?? '', hint: columns.error_hint ?? '', ...(data && { data }) };
}

export interface StoredEvent<Event> {
  /** From 1, rising. */
  readonly sequence: number;
  readonly event: Event;
}

/** The rows of detached work and its events. A job belongs to the process that runs it while that process lives. */
export class JobStore {
  readonly #database: StudioDatabase;
  readonly #lock: ProcessLock;
  #hasInterrupted = false;

  constructor(database: StudioDatabase, lock: ProcessLock) {
    this.#database = database;
    this.#lock = lock;
  }

  /**
   * Enqueues a new job, or an old one that is to resume, behind all waiting jobs or at the place of the job `beside`,
   * with which it shares its work. Call it in the transaction that stores what the job is about. With `aloneIn`, throws
   * DATA_FOLDER_BUSY when another living process has such a job queued or running.
   */
  enqueue(job: { id: string; kind: string; now: number; aloneIn?: string; beside?: string | undefined }): void {
    this.interruptOrphans(job.now);
    this.#requireAlone(job);
    this.#database
      .prepare(
        `INSERT INTO job (id, kind, state, owner, created_at, place)
         VALUES (:id, :kind, 'queued', :owner, :now,
           coalesce((SELECT place FROM job WHERE id = :beside), (SELECT coalesce(max(place), 0) + 1 FROM job)))
         ON CONFLICT (id) DO UPDATE SET state = 'queued', owner = :owner, place = excluded.place, error_code = NULL,
           error_message = NULL, error_hint = NULL, error_data = NULL, finished_at = NULL`,
      )
      .run({ id: job.id, kind: job.kind, owner: this.#lock.token, now: job.now, beside: job.beside ?? null });
  }

  /** Queued jobs of a kind whose process is gone, in queue order. */
  listLeft(kind: string): string[] {
    const waiting = this.#database
      .prepare(`SELECT id, owner FROM job WHERE state = 'queued' AND kind = ? ORDER BY place`)
      .all(kind) as { id: string; owner: string }[];
    return waiting.filter(({ owner }) => !this.#lock.isAlive(owner)).map(({ id }) => id);
  }

  /** True for a queued job whose process is gone. */
  isLeft(id: string): boolean {
    const owner = this.#database.prepare(`SELECT owner FROM job WHERE id = ? AND state = 'queued'`).pluck().get(id);
    return owner !== undefined && !this.#lock.isAlive(owner as string);
  }

  /** True for a job that another living process is running or has queued. */
  isElsewhere(id: string): boolean {
    const owner = this.#database
      .prepare(`SELECT owner FROM job WHERE id = ? AND state IN ('queued', 'running')`)
      .pluck()
      .get(id);
    return owner !== undefined && owner !== this.#lock.token && this.#lock.isAlive(owner as string);
  }

  /** True while another living process is running a job of one of these kinds. */
  isUnderWayElsewhere(kinds: readonly string[]): boolean {
    return this.#othersWith(['running'], kinds).length > 0;
  }

  /**
   * Takes over queued jobs whose process is gone; they keep their place. False if another process was first. Throws
   * DATA_FOLDER_BUSY as `enqueue` does.
   */
  adopt(ids: readonly string[], { aloneIn }: { aloneIn?: string } = {}): boolean {
    return this.transaction(() => {
      if (!ids.every((id) => this.isLeft(id))) return false;
      for (const id of ids) {
        const kind = this.#database.prepare('SELECT kind FROM job WHERE id = ?').pluck().get(id) as string;
        this.#requireAlone({ kind, ...(aloneIn !== undefined && { aloneIn }) });
        this.#database.prepare('UPDATE job SET owner = ? WHERE id = ?').run(this.#lock.token, id);
      }
      return true;
    });
  }

  /** The one of these that is next in the queue. */
  nextOf(ids: readonly string[]): string | undefined {
    return this.#database
      .prepare('SELECT id FROM job WHERE id IN (SELECT value FROM json_each(?)) ORDER BY place LIMIT 1')
      .pluck()
      .get(JSON.stringify(ids)) as string | undefined;
  }

  /**
   * Moves a queued job, with those that share its work, to a position among the queued jobs of its kind, from 1; false
   * when it is not queued.
   */
  move(id: string, to: number): boolean {
    return this.transaction(() => {
      const waiting = this.#database
        .prepare(
          `SELECT id, place FROM job WHERE state = 'queued' AND kind = (SELECT kind FROM job WHERE id = ?) ORDER BY place`,
        )
        .all(id) as { id: string; place: number }[];
      const moved = waiting.find((job) => job.id === id)?.place;
      if (moved === undefined) return false;
      const places = [...new Set(waiting.map(({ place }) => place))];
      const order = places.filter((place) => place !== moved);
      order.splice(to - 1, 0, moved);
      const put = this.#database.prepare('UPDATE job SET place = ? WHERE id = ?');
      for (const job of waiting) put.run(places[order.indexOf(job.place)], job.id);
      return true;
    });
  }

  begin(id: string, now: number): void {
    this.#database
      .prepare(`UPDATE job SET state = 'running', started_at = coalesce(started_at, ?) WHERE id = ?`)
      .run(now, id);
  }

  end(id: string, end: { state: EndState; failure: KeptFailure | null; now: number }): void {
    this.#database
      .prepare(
        `UPDATE job SET state = :state, error_code = :code, error_message = :message, error_hint = :hint, error_data = :data,
           finished_at = :now
         WHERE id = :id`,
      )
      .run({
        id,
        state: end.state,
        code: end.failure?.code ?? null,
        message: end.failure?.message ?? null,
        hint: end.failure?.hint ?? null,
        data: end.failure?.data === undefined ? null : JSON.stringify(end.failure.data),
        now: end.now,
      });
  }

  stateOf(id: string): JobState | undefined {
    return this.#database.prepare('SELECT state FROM job WHERE id = ?').pluck().get(id) as JobState | undefined;
  }

  /** Marks running jobs whose process is gone as interrupted; returns how many there were. Queued jobs stay queued. */
  interruptOrphans(now: number): number {
    const active = this.#database.prepare(`SELECT id, owner FROM job WHERE state = 'running'`).all() as {
      id: string;
      owner: string;
    }[];
    const orphans = active.filter((job) => !this.#lock.isAlive(job.owner));
    for (const { id } of orphans) this.end(id, { state: 'interrupted', failure: null, now });
    this.#hasInterrupted ||= orphans.length > 0;
    return orphans.length;
  }

  /** As `interruptOrphans`; true if there have been any since it was last asked, whoever found them. */
  tendOrphans(now: number): boolean {
    this.interruptOrphans(now);
    const hasInterrupted = this.#hasInterrupted;
    this.#hasInterrupted = false;
    return hasInterrupted;
  }

  /** The highest sequence number that an event of the job has, or had before it was removed. */
  lastSequence(id: string): number {
    return this.#database
      .prepare(
        `SELECT max(coalesce((SELECT max(sequence) FROM job_event WHERE job_id = :id), 0),
           coalesce((SELECT forgotten_sequence FROM job WHERE id = :id), 0))`,
      )
      .pluck()
      .get({ id }) as number;
  }

  insertEvents(id: string, events: readonly StoredEvent<unknown>[]): void {
    const insert = this.#database.prepare('INSERT INTO job_event (job_id, sequence, event) VALUES (?, ?, ?)');
    for (const { sequence, event } of events) insert.run(id, sequence, JSON.stringify(event));
  }

  /** The events after `after`, at most `limit` of them, as the job's own code stored them, hence the cast. */
  listEvents<Event>(id: string, after: number, limit: number): StoredEvent<Event>[] {
    const rows = this.#database
      .prepare('SELECT sequence, event FROM job_event WHERE job_id = ? AND sequence > ? ORDER BY sequence LIMIT ?')
      .all(id, after, limit) as { sequence: number; event: string }[];
    return rows.map(({ sequence, event }) => ({ sequence, event: JSON.parse(event) as Event }));
  }

  /** Removes the events after `sequence`; their numbers are never reused. */
  deleteEventsAfter(id: string, sequence: number): void {
    this.transaction(() => {
      this.#database
        .prepare('UPDATE job SET forgotten_sequence = :last WHERE id = :id')
        .run({ id, last: this.lastSequence(id) });
      this.#database.prepare('DELETE FROM job_event WHERE job_id = ? AND sequence > ?').run(id, sequence);
    });
  }

  /** All or nothing. Inside another transaction it becomes part of that one. */
  transaction<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate();
  }

  #requireAlone({ kind, aloneIn }: { kind: string; aloneIn?: string }): void {
    if (aloneIn === undefined) return;
    if (this.#othersWith(['queued', 'running'], [kind]).length > 0) {
      throw new StudioError('DATA_FOLDER_BUSY', { folder: aloneIn });
    }
  }

  /** Other living processes that have jobs of these kinds in one of these states. */
  #othersWith(states: readonly JobState[], kinds: readonly string[]): string[] {
    const owners = this.#database
      .prepare(
        `SELECT DISTINCT owner FROM job
         WHERE state IN (SELECT value FROM json_each(?)) AND kind IN (SELECT value FROM json_each(?)) AND owner <> ?`,
      )
      .pluck()
      .all(JSON.stringify(states), JSON.stringify(kinds), this.#lock.token) as string[];
    return owners.filter((owner) => this.#lock.isAlive(owner));
  }
}
