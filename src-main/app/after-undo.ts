/** A page offers undo for ten seconds, or fifty while a person is on the offer (ui/toasts); the call takes time too. */
const undoMs = 60_000;
const shortMs = 12_000;

/** Frees the disk space of what was deleted, once nobody can undo that any more. */
export class AfterUndo {
  readonly #work: (deletedBefore: number) => Promise<boolean>;
  readonly #waiting = new Set<ReturnType<typeof setTimeout>>();
  #freeing: Promise<void> = Promise.resolve();

  /** `free` says whether everything is freed: what is left, because something still reads it, is retried. */
  constructor(free: (deletedBefore: number) => Promise<boolean>) {
    this.#work = free;
  }

  /** Something was deleted. */
  expect(): void {
    const deletedAt = Date.now();
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      this.#freeAfter(undoMs, deletedAt);
    }, undoMs);
    // A command that is over does not wait for this.
    timer.unref();
    this.#waiting.add(timer);
  }

  /** The disk is full: gives up the longer period of undo, for those who linger on the offer. */
  hurry(): void {
    if (this.#waiting.size > 0) this.#freeAfter(shortMs);
  }

  /** Stops freeing. If nobody else is here, nobody can undo after the end, so what was deleted is freed at once. */
  async close(isAlone: () => boolean): Promise<void> {
    const wasWaiting = this.#stopWaiting();
    await this.#freeing;
    // The pass that was under way may have left something.
    if (this.#stopWaiting() || wasWaiting) await this.#free(Infinity, isAlone);
  }

  #stopWaiting(): boolean {
    const wasWaiting = this.#waiting.size > 0;
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
    return wasWaiting;
  }

  /** Nothing that was deleted after `upTo`: while the computer slept, timers stood still and the clock went on. */
  #freeAfter(ms: number, upTo = Infinity): void {
    this.#freeing = this.#freeing.then(async () => {
      const isAllFreed = await this.#free(Math.min(upTo, Date.now() - ms));
      // A pending timer covers it too: if each failed try added its own, they would pile up.
      if (!isAllFreed && this.#waiting.size === 0) this.expect();
    });
  }

  async #free(deletedBefore: number, mayBegin = () => true): Promise<boolean> {
    try {
      return !mayBegin() || (await this.#work(deletedBefore));
    } catch {
      // Nobody awaits this: what is left is removed at the next start, which reports what hinders it.
      return true;
    }
  }
}
