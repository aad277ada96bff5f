/** The end of the text is looked for in so many tokens, then in fewer. */
const longestMatch = 3;
const shortestMatch = 2;
/** A pass over a few tokens costs little more than one over one; beyond this it does. */
const longestDraft = 8;
const shortestDraft = 2;

/**
 * Guesses what comes next by looking up how the text went on where its last tokens stood before: answers copy spans of
 * a passage, queries copy names of a schema. Guesses are checked by the model, so that they change the speed and nothing
 * else. After Saxena 2023, "Prompt Lookup Decoding".
 */
export class Draft {
  readonly #text: number[];
  #length = longestDraft;
  /** Passes to go without a guess, and how many the next failure costs. */
  #pause = 0;
  #penalty = 1;

  constructor(promptIds: readonly number[]) {
    this.#text = [...promptIds];
  }

  push(id: number): void {
    this.#text.push(id);
  }

  /** At most `room` ids; none where the end of the text stands nowhere else, or where guessing has not paid lately. */
  guess(room: number): readonly number[] {
    if (this.#pause > 0) {
      this.#pause--;
      return [];
    }
    const length = Math.min(room, this.#length);
    if (length < 1) return [];
    for (let match = longestMatch; match >= shortestMatch; match--) {
      const after = this.#lastPlaceAfter(match);
      if (after !== undefined) return this.#text.slice(after, after + length);
    }
    return [];
  }

  /** How many of the guessed ids were right. */
  learn(guessed: number, right: number): void {
    if (guessed === 0) return;
    if (right > 0) {
      this.#penalty = 1;
      this.#length = right === guessed ? longestDraft : Math.max(shortestDraft, right + 1);
      return;
    }
    this.#pause = this.#penalty;
    this.#penalty = Math.min(16, this.#penalty * 2);
    this.#length = shortestDraft;
  }

  /** The place after the latest earlier occurrence of the last `match` ids. */
  #lastPlaceAfter(match: number): number | undefined {
    const text = this.#text;
    const end = text.length - match;
    for (let start = end - 1; start >= 0; start--) {
      let same = 0;
      while (same < match && text[start + same] === text[end + same]) same++;
      if (same === match) return start + match;
    }
    return undefined;
  }
}
