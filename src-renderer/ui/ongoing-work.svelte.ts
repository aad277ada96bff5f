import type { ErrorCode } from '../../src-contract/errors.ts';
import type { ChangeEvent } from '../../src-contract/studio.ts';
import { isError } from '../i18n/error-text.ts';
import { followChanges } from './changes.ts';

/** What a page knows about the work it shows, and how it learns more. */
export interface ShownWork {
  /** What is shown about it: a change of one of these is a reason to reread it. */
  readonly nouns: readonly ChangeEvent['noun'][];
  /** The error code if it does not exist. */
  readonly notFound: ErrorCode;
  isKnown(): boolean;
  isGoing(): boolean;
  /** How far it has come. If that has changed since it was last watched, there is more to watch. */
  howFar(): string;
  read(): Promise<void>;
  /** Takes in its events until it has ended. */
  watch(signal: AbortSignal): Promise<void>;
  forget(): void;
}

/**
 * Keeps the page of a run, an evaluation or an experiment current: follows the work while it is in progress, and picks
 * up changes made elsewhere.
 */
export class OngoingWork {
  error = $state.raw<unknown>(undefined);
  /** It has been asked to stop. */
  stopping = $state(false);
  readonly #work: ShownWork;
  readonly #leaving = new AbortController();
  #isWatched = false;
  /** How far it had come when it was last watched to its end. */
  #watchedTo: string | undefined;
  #isDeleting = false;
  /** Whether it is in progress but could not be watched. */
  #isLost = false;

  constructor(work: ShownWork) {
    this.#work = work;
  }

  /** It does not exist, or no more: it has been deleted, and its page is open still, or again. */
  get isGone(): boolean {
    return !this.#work.isKnown() && isError(this.error, this.#work.notFound);
  }

  /** Opens it and keeps it current, until the page is left. */
  follow(): void {
    followChanges(this.#work.nouns, () => void this.catchUp(), this.#leaving.signal);
  }

  /** Reads it and watches it: finished work replays its events. */
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

  /** Picks up changes. What this page itself deletes stays on screen until the page is left. */
  async catchUp(): Promise<void> {
    if (this.#isDeleting) return;
    // What was deleted may be back, and whatever prevented watching may be over.
    if (!this.#work.isKnown() || this.#isLost) return await this.open();
    try {
      await this.#work.read();
    } catch (error) {
      if (isError(error, this.#work.notFound)) {
        this.#work.forget();
        this.error = error;
      }
      return;
    }
    // It may have been resumed elsewhere, and be over again.
    if (this.#work.isGoing() || this.#work.howFar() !== this.#watchedTo) await this.watch();
  }

  async watch(): Promise<void> {
    if (this.#isWatched) return;
    this.#isWatched = true;
    try {
      await this.#work.watch(this.#leaving.signal);
      this.#watchedTo = this.#work.howFar();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isWatched = false;
    }
  }

  async stop(ask: () => Promise<unknown>): Promise<void> {
    this.stopping = true;
    try {
      await ask();
    } catch (error) {
      this.error = error;
    } finally {
      this.stopping = false;
    }
  }

  /** Of two windows that ask for it at once, the second is refused: it shows what it asked for. */
  async resume(ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      await this.#work.read().catch(() => undefined);
      if (this.#work.isGoing()) void this.watch();
      else this.error = error;
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

  /** A failure to watch is shown, and watching is retried after the next change. */
  #failed(error: unknown): void {
    if (this.#leaving.signal.aborted) return;
    this.error = error;
    this.#isLost = this.#work.isGoing();
  }
}
