/** The latest of a series of numbers set from elsewhere, as a stream to the end, throttled to about ten per second. */
export class LatestCount {
  #latest: number | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;
  #told = 0;

  put(count: number): void {
    if (performance.now() - this.#told < 100) return;
    this.#told = performance.now();
    this.#latest = count;
    this.#wake?.();
  }

  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    while (!this.#isOver) {
      if (this.#latest === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const count = this.#latest;
      this.#latest = undefined;
      yield count;
    }
  }
}
