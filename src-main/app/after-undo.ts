import { keptDays } from '../../src-contract/deleted.ts';

/** A page offers undo for ten seconds, or fifty while a person is on the offer (ui/toasts); the call takes time too. */
const undoMs = 60_000;
const shortMs = 12_000;

/** In milliseconds since 1970: what was deleted before is freed. */
export interface FreedBefore {
  /** Base models are large, and can be had again. */
  readonly models: number;
  readonly rest: number;
}

/** Frees what nobody can restore any more when everything deleted until `models` is. */
export function freedBefore(models: number): FreedBefore {
  return { models, rest: Date.now() - keptDays * 24 * 3_600_000 };
}

/** Frees the disk space of what was deleted, once nobody can restore that any more. */
export class AfterUndo {
  readonly #work: (before: FreedBefore) => Promise<boolean>;
  readonly #waiting = new Set<ReturnType<typeof setTimeout>>();
  #freeing: Promise<void> = Promise.resolve();

  /** `free` says whether everything is freed: what is left, because something still reads it, is retried. */
  constructor(free: (before: FreedBefore) => Promise<boolean>) {
    this.#work = free;
  }

  /** Something was deleted. */
  expect(): void {
    const deletedAt = Date.now();
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      // Nothing that was deleted later: while the computer slept, timers stood still and the clock went on.
      void this.#free(() => freedBefore(Math.min(deletedAt, Date.now() - undoMs)));
    }, undoMs);
    // A command that is over does not wait for this.
    timer.unref();
    this.#waiting.add(timer);
  }

  /** Nothing can be written any more: gives up all but the short period of undo. */
  hurry(): void {
    void this.#free(() => ({ models: Date.now() - shortMs, rest: Date.now() - shortMs }));
  }

  /** Something has no room: gives up the longer period of undo for base models, and nothing that a person made. */
  freeModels(): void {
    void this.#free(() => freedBefore(Date.now() - shortMs));
  }

  /** Frees at once what cannot be restored now. */
  free(): Promise<void> {
    return this.#free(() => freedBefore(Date.now() - undoMs));
  }

  /** Stops freeing. If nobody else is here, nobody can undo after the end, so deleted models are freed at once. */
  async close(isAlone: () => boolean): Promise<void> {
    const wasWaiting = this.#stopWaiting();
    await this.#freeing;
    // The pass that was under way may have left something.
    if (this.#stopWaiting() || wasWaiting) await this.#try(() => freedBefore(Infinity), isAlone);
  }

  #stopWaiting(): boolean {
    const wasWaiting = this.#waiting.size > 0;
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
    return wasWaiting;
  }

  #free(before: () => FreedBefore): Promise<void> {
    this.#freeing = this.#freeing.then(async () => {
      const isAllFreed = await this.#try(before);
      // A pending timer covers it too: if each failed try added its own, they would pile up.
      if (!isAllFreed && this.#waiting.size === 0) this.expect();
    });
    return this.#freeing;
  }

  async #try(before: () => FreedBefore, mayBegin = () => true): Promise<boolean> {
    try {
      return !mayBegin() || (await this.#work(before()));
    } catch {
      // Nobody awaits this: what is left is removed at the next start, which reports what hinders it.
      return true;
    }
  }
}
