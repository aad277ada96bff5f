/** A page offers to undo for ten seconds (ui/toasts); the call takes its time. */
const undoMs = 12_000;

/** Frees the room of what was deleted, once nobody can take that back any more. */
export class AfterUndo {
  readonly #work: (deletedBefore: number) => Promise<void>;
  readonly #waiting = new Set<ReturnType<typeof setTimeout>>();
  #freeing: Promise<void> = Promise.resolve();

  constructor(free: (deletedBefore: number) => Promise<void>) {
    this.#work = free;
  }

  /** Something was deleted, or could not be freed yet. */
  expect(): void {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      this.#freeing = this.#freeing.then(() => this.#free(Date.now() - undoMs));
    }, undoMs);
    // A command that is over does not wait for it.
    timer.unref();
    this.#waiting.add(timer);
  }

  /** Frees no more. Where nobody else is here, nobody can undo after the end: then what was deleted goes at once. */
  async close(isAlone: () => boolean): Promise<void> {
    const isSomethingLeft = this.#waiting.size > 0;
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
    await this.#freeing;
    if (isSomethingLeft) await this.#free(Date.now(), isAlone);
  }

  async #free(deletedBefore: number, mayBegin = () => true): Promise<void> {
    try {
      if (mayBegin()) await this.#work(deletedBefore);
    } catch {
      // Nobody waits for it: what is left is cleared away at the next start, which tells what hinders it.
    }
  }
}
