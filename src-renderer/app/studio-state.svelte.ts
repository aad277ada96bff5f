import type { StudioStatus } from '../../src-contract/studio.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';

/** Counts shown in the rail. */
export interface Counts {
  readonly datasets: number;
  readonly running: number;
  readonly adapters: number;
}

/** What the frame shows: the status line and the counts in the rail. */
export class StudioState {
  #status = $state.raw<StudioStatus | undefined>();
  #counts = $state.raw<Counts | undefined>();

  get status(): StudioStatus | undefined {
    return this.#status;
  }

  get counts(): Counts | undefined {
    return this.#counts;
  }

  follow(signal: AbortSignal): void {
    // Neither a training step nor memory use (of an answer or a check) is announced as a change: both are polled,
    // memory only while the page is visible.
    const asking = setInterval(() => {
      if (this.#status !== undefined && (this.#status.jobs.length > 0 || !document.hidden)) void this.#loadStatus();
    }, 2_000);
    signal.addEventListener('abort', () => clearInterval(asking), { once: true });
    followChanges(['status', 'run', 'evaluation', 'lab'], () => void this.#loadStatus(), signal);
    followChanges(['dataset', 'run', 'adapter'], () => void this.#loadCounts(), signal);
  }

  /** Not reported here: the page on screen meets the same failure and reports it. */
  async #loadStatus(): Promise<void> {
    this.#status = await client.studio.status().catch(() => this.#status);
  }

  async #loadCounts(): Promise<void> {
    this.#counts = await client.studio.counts().catch(() => this.#counts);
  }
}
