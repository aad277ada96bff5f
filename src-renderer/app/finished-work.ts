import type { StudioStatus } from '../../src-contract/studio.ts';

type Job = NonNullable<StudioStatus['job']>;

/** Whoever started shorter work is still watching it. */
const longMs = 20_000;

/**
 * Announces once that long work is over: it watches which job the status names, and a job named for long and then no
 * more has ended. How it ended is left to the run's page.
 */
export class FinishedWork {
  #job: Job | undefined;
  #sinceMs = 0;
  readonly #onEnd: (job: Job) => void;

  constructor(onEnd: (job: Job) => void) {
    this.#onEnd = onEnd;
  }

  see(status: Pick<StudioStatus, 'job'> | undefined, nowMs: number): void {
    if (status === undefined) return;
    const job = status.job ?? undefined;
    const before = this.#job;
    if (before?.id === job?.id) {
      this.#job = job;
      return;
    }
    const lasted = nowMs - this.#sinceMs;
    this.#job = job;
    this.#sinceMs = nowMs;
    if (before !== undefined && lasted >= longMs) this.#onEnd(before);
  }
}
