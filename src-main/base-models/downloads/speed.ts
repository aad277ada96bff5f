/** Bytes per second over the last few seconds. What was there before the first look does not count. */
export class Speed {
  #looks: { bytes: number; ms: number }[] = [];

  restart(): void {
    this.#looks = [];
  }

  /** Null until there is a second to judge by. */
  at(bytes: number, ms: number): number | null {
    this.#looks.push({ bytes, ms });
    while (this.#looks.length > 2 && ms - (this.#looks[1]?.ms ?? ms) > windowMs) this.#looks.shift();
    const first = this.#looks[0];
    if (first === undefined || ms - first.ms < 1000) return null;
    return ((bytes - first.bytes) / (ms - first.ms)) * 1000;
  }
}

const windowMs = 5000;
