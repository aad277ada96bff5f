import type { ErrorCode } from '../../src-contract/errors.ts';
import type { ChangeEvent } from '../../src-contract/studio.ts';
import { errorText } from '../i18n/error-text.ts';
import { followChanges } from './changes.ts';

/** What a page knows of the work that it shows, and how it learns more. */
export interface ShownWork {
  /** What is shown of it: a change of one of these is a reason to read it again. */
  readonly nouns: readonly ChangeEvent['noun'][];
  /** What it is called when it is not there. */
  readonly notFound: ErrorCode;
  isKnown(): boolean;
  isGoing(): boolean;
  read(): Promise<void>;
  /** Takes in what it tells, until it has ended. */
  watch(signal: AbortSignal): Promise<void>;
  forget(): void;
}

/**
 * Keeps the page of a run, an evaluation or an experiment true: follows the work while it goes on, and takes in what is done
 * to it from elsewhere.
 */
export class OngoingWork {
  error = $state.raw<unknown>(undefined);
  readonly #work: ShownWork;
  readonly #leaving = new AbortController();
  #isWatched = false;
  #isDeleting = false;
  /** Whether it goes on and could not be watched. */
  #isLost = false;

  constructor(work: ShownWork) {
    this.#work = work;
    void followChanges(work.nouns, () => void this.catchUp(), this.#leaving.signal);
  }

  /** Reads it, and watches it: work that has ended tells once more what it has told. */
  async open(): Promise<void> {
    this.#isLost = false;
    try {
      await this.#work.read();
      this.error = undefined;
    } catch (error) {
      this.#failed(error);
      return;
    }
    await this.watch();
  }

  /** Takes in what was done to it. What this page itself deletes is left as it is until the page is. */
  async catchUp(): Promise<void> {
    if (this.#isDeleting) return;
    // What was deleted may be back, and what kept it from being watched may have gone.
    if (!this.#work.isKnown() || this.#isLost) return await this.open();
    try {
      await this.#work.read();
    } catch (error) {
      if (errorText(error).code !== this.#work.notFound) return;
      this.#work.forget();
      this.error = error;
    }
    if (this.#work.isGoing()) await this.watch();
  }

  async watch(): Promise<void> {
    if (this.#isWatched) return;
    this.#isWatched = true;
    try {
      await this.#work.watch(this.#leaving.signal);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isWatched = false;
    }
  }

  async delete(remove: () => Promise<unknown>): Promise<void> {
    this.#isDeleting = true;
    try {
      await remove();
    } catch (error) {
      this.#isDeleting = false;
      throw error;
    }
  }

  leave(): void {
    this.#leaving.abort();
  }

  /** What keeps it from being watched is told, and tried again when something has changed. */
  #failed(error: unknown): void {
    if (this.#leaving.signal.aborted) return;
    this.error = error;
    this.#isLost = this.#work.isGoing();
  }
}
