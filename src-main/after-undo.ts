/** A page offers to undo for ten seconds, and for fifty while a person is at the offer (ui/toasts); the call takes its time. */
const undoMs = 60_000;
const shortMs = 12_000;

/** Frees the room of what was deleted, once nobody can take that back any more. */
export class AfterUndo {
  readonly #work: (deletedBefore: number) => Promise<boolean>;
  readonly #waiting = new Set<ReturnType<typeof setTimeout>>();
  #freeing: Promise<void> = Promise.resolve();

  /** `free` says whether all is freed: what is left, as something still reads it, is tried again. */
  constructor(free: (deletedBefore: number) => Promise<boolean>) {
    this.#work = free;
  }

  /** Something was deleted. */
  expect(): void {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      this.#freeAfter(undoMs);
    }, undoMs);
    // A command that is over does not wait for it.
    timer.unref();
    this.#waiting.add(timer);
  }

  /** The disk is full: what could only be taken back by somebody who lingers is given up for it. */
  hurry(): void {
    if (this.#waiting.size > 0) this.#freeAfter(shortMs);
  }

  /** Frees no more. Where nobody else is here, nobody can undo after the end: then what was deleted goes at once. */
  async close(isAlone: () => boolean): Promise<void> {
    const wasWaiting = this.#stopWaiting();
    await this.#freeing;
    // What was being freed may have left something.
    if (this.#stopWaiting() || wasWaiting) await this.#free(Date.now(), isAlone);
  }

  #stopWaiting(): boolean {
    const wasWaiting = this.#waiting.size > 0;
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
    return wasWaiting;
  }

  #freeAfter(ms: number): void {
    this.#freeing = this.#freeing.then(async () => {
      const isAllFreed = await this.#free(Date.now() - ms);
      // Whoever waits already takes it along: were each try followed by one of its own, they would be more and more.
      if (!isAllFreed && this.#waiting.size === 0) this.expect();
    });
  }

  async #free(deletedBefore: number, mayBegin = () => true): Promise<boolean> {
    try {
      return !mayBegin() || (await this.#work(deletedBefore));
    } catch {
      // Nobody waits for it: what is left is cleared away at the next start, which tells what hinders it.
      return true;
    }
  }
}
