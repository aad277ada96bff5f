/** Smaller models are there before anybody would look. */
const leastNumbers = 50e6;
/** Reading a model's numbers, as a share of what it takes until it answers; the rest lays them out. Measured on 1.2 billion weights. */
const readingShare = 0.6;

/** How far a base is on its way to answering. */
export class LoadingProgress {
  #works = 0;
  #numbers = 0;
  #read = 0;

  /** From 0 to 1; undefined where nothing is being made ready, or nothing that takes its time. */
  get share(): number | undefined {
    if (this.#works === 0 || this.#numbers < leastNumbers) return undefined;
    return Math.min(1, this.#read / this.#numbers) * readingShare;
  }

  /** Something without which the base cannot answer. */
  async during<Made>(work: () => Promise<Made>): Promise<Made> {
    this.#works++;
    try {
      return await work();
    } finally {
      this.#works--;
      if (this.#works === 0) [this.#numbers, this.#read] = [0, 0];
    }
  }

  /** So many numbers are to be read: what comes back is told how many were. What is read for anything but answers is of no account. */
  reading(numbers: number): (read: number) => void {
    if (this.#works === 0) return () => {};
    this.#numbers += numbers;
    return (read) => {
      this.#read += read;
    };
  }
}
