/** What a guess adds to a pass, in times of one without any, on SmolLM2-135M where eight-bit products are quick (decision 0018). */
const usual = 0.12;
/** A pass that took longer than these had to wait for a processor. */
const mostBelievable = 1;
/** How much of what is known a new pass replaces, and one that was quicker than is known: a slower one may have had to wait. */
const [newest, quicker] = [0.1, 0.5];

/**
 * What a guess adds to a pass here: it is told by how long passes take, as one processor reads five tokens in the time of two
 * and another in that of one and a half. It changes how many guesses are made, and nothing that is written.
 */
export class GuessCost {
  #alone: number | undefined;
  #cost = usual;

  /** In times of a pass without guesses. */
  get cost(): number {
    return this.#cost;
  }

  /** A pass of one answer with so many guesses. */
  see(guesses: number, milliseconds: number): void {
    if (guesses === 0) {
      const known = this.#alone ?? milliseconds;
      this.#alone = blend(known, milliseconds, milliseconds < known ? quicker : newest);
      // Where none is made for its cost, that is forgotten by and by: it may have been chance.
      this.#cost = blend(this.#cost, usual, newest / 10);
    } else if (this.#alone !== undefined) {
      const seen = (milliseconds / this.#alone - 1) / guesses;
      this.#cost = blend(this.#cost, Math.min(mostBelievable, Math.max(0, seen)));
    }
  }
}

function blend(known: number, seen: number, share = newest): number {
  return known + share * (seen - known);
}
