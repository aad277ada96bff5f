import { readingShare } from '../../../src-contract/base-model.ts';

/** Smaller models are there before anybody would look. */
const leastNumbers = 50e6;

/** How far a base has loaded. */
export class LoadingProgress {
  #works = 0;
  #numbers = 0;
  #read = 0;

  /** From 0 to 1; undefined if nothing is loading, or nothing that takes long. */
  get share(): number | undefined {
    if (this.#works === 0 || this.#numbers < leastNumbers) return undefined;
    return Math.min(1, this.#read / this.#numbers) * readingShare;
  }

  /** Runs something that the base needs in order to answer or to train. */
  async during<Made>(work: () => Promise<Made>): Promise<Made> {
    this.#works++;
    try {
      return await work();
    } finally {
      this.#works--;
      if (this.#works === 0) [this.#numbers, this.#read] = [0, 0];
    }
  }

  /** Announces numbers to be read; call the result with how many were. Ignored outside of `during`. */
  reading(numbers: number): (read: number) => void {
    if (this.#works === 0) return () => {};
    this.#numbers += numbers;
    return (read) => {
      this.#read += read;
    };
  }
}
