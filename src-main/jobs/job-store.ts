import { StudioError } from '../../src-contract/errors.ts';
import type { StudioDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';

export type JobState = 'queued' | 'running' | EndState;
export type EndState = 'finished' | 'stopped' | 'failed' | 'interrupted';

export interface JobFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface StoredEvent<Event> {
  /** From 1, rising. */
  readonly sequence: number;
  readonly event: Event;
}

/** The rows of detached work and its events. A job belongs to the process that does it for as long as that process lives. */
export class JobStore {
  readonly #database: StudioDatabase;
  readonly #lock: ProcessLock;

  constructor(database: StudioDatabase, lock: ProcessLock) {
    this.#database = database;
    this.#lock = lock;
  }

  /**
   * A new job that waits, or an old one that is to go on. To be called in the transaction that stores what the job is about.
   * With `aloneIn`, throws DATA_FOLDER_BUSY when another living process does such a job.
   */
  enqueue(job: { id: string; kind: string; now: number; aloneIn?: string }): void {
    this.interruptOrphans(job.now);
    if (job.aloneIn !== undefined) {
      const other = this.#database
        .prepare(`SELECT 1 FROM job WHERE state IN ('queued', 'running') AND kind = ? AND owner <> ? LIMIT 1`)
        .get(job.kind, this.#lock.token);
      if (other !== undefined) throw new StudioError('DATA_FOLDER_BUSY', { folder: job.aloneIn });
    }
    this.#database
      .prepare(
        `INSERT INTO job (id, kind, state, owner, created_at) VALUES (:id, :kind, 'queued', :owner, :now)
         ON CONFLICT (id) DO UPDATE SET state = 'queued', owner = :owner, error_code = NULL, error_message = NULL,
           error_hint = NULL, finished_at = NULL`,
      )
      .run({ id: job.id, kind: job.kind, owner: this.#lock.token, now: job.now });
  }

  begin(id: string, now: number): void {
    this.#database
      .prepare(`UPDATE job SET state = 'running', started_at = coalesce(started_at, ?) WHERE id = ?`)
      .run(now, id);
  }

  end(id: string, end: { state: EndState; failure: JobFailure | null; now: number }): void {
    this.#database
      .prepare(
        `UPDATE job SET state = :state, error_code = :code, error_message = :message, error_hint = :hint, finished_at = :now
         WHERE id = :id`,
      )
      .run({
        id,
        state: end.state,
        code: end.failure?.code ?? null,
        message: end.failure?.message ?? null,
        hint: end.failure?.hint ?? null,
        now: end.now,
      });
  }

  stateOf(id: string): JobState | undefined {
    return this.#database.prepare('SELECT state FROM job WHERE id = ?').pluck().get(id) as JobState | undefined;
  }

  /** Marks jobs whose process is gone; returns how many there were. */
  interruptOrphans(now: number): number {
    const active = this.#database.prepare(`SELECT id, owner FROM job WHERE state IN ('queued', 'running')`).all() as {
      id: string;
      owner: string;
    }[];
    const orphans = active.filter((job) => !this.#lock.isAlive(job.owner));
    for (const { id } of orphans) this.end(id, { state: 'interrupted', failure: null, now });
    return orphans.length;
  }

  delete(id: string): void {
    this.#database.prepare('DELETE FROM job WHERE id = ?').run(id);
  }

  lastSequence(id: string): number {
    return this.#database
      .prepare('SELECT coalesce(max(sequence), 0) FROM job_event WHERE job_id = ?')
      .pluck()
      .get(id) as number;
  }

  insertEvents(id: string, events: readonly StoredEvent<unknown>[]): void {
    const insert = this.#database.prepare('INSERT INTO job_event (job_id, sequence, event) VALUES (?, ?, ?)');
    for (const { sequence, event } of events) insert.run(id, sequence, JSON.stringify(event));
  }

  /** The events after `after`, at most `limit` of them. They are as the job's own code stored them, hence the cast. */
  listEvents<Event>(id: string, after: number, limit: number): StoredEvent<Event>[] {
    const rows = this.#database
      .prepare('SELECT sequence, event FROM job_event WHERE job_id = ? AND sequence > ? ORDER BY sequence LIMIT ?')
      .all(id, after, limit) as { sequence: number; event: string }[];
    return rows.map(({ sequence, event }) => ({ sequence, event: JSON.parse(event) as Event }));
  }

  /** Removes the events after `sequence`. */
  deleteEventsAfter(id: string, sequence: number): void {
    this.#database.prepare('DELETE FROM job_event WHERE job_id = ? AND sequence > ?').run(id, sequence);
  }

  /** All or nothing. Inside another transaction it is a part of that one. */
  transaction<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate();
  }
}
