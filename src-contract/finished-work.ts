import type { StudioJob, StudioStatus } from './studio.ts';

/** Whoever started shorter work is still watching it. */
const longMs = 20_000;

/**
 * Announces once that long work is over: it watches which jobs the status names, and a job named for long and then no
 * more has ended. How it ended is left to the run's page.
 */
export class FinishedWork {
  #seen: ReadonlyMap<string, { readonly job: StudioJob; readonly sinceMs: number }> = new Map();
  readonly #onEnd: (job: StudioJob) => void;

  constructor(onEnd: (job: StudioJob) => void) {
    this.#onEnd = onEnd;
  }

  see(status: Pick<StudioStatus, 'jobs'> | undefined, nowMs: number): void {
    if (status === undefined) return;
    const before = this.#seen;
    this.#seen = new Map(
      status.jobs.map((job) => [job.id, { job, sinceMs: before.get(job.id)?.sinceMs ?? nowMs }] as const),
    );
    for (const [id, { job, sinceMs }] of before) {
      if (!this.#seen.has(id) && nowMs - sinceMs >= longMs) this.#onEnd(job);
    }
  }
}
