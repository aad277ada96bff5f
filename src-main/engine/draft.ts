/**
 * How often a look-up is right before anything is known of a text, by how many of its last tokens stood there: one, two, three or
 * more. Each counts like so many look-ups that were seen to be right or wrong.
 */
const expected = [0.3, 0.6, 0.8];
const expectationsWeight = 8;
/** What each guess adds to a pass, in times of a pass without any: as measured on SmolLM2-135M (decision 0018). */
const costOfGuess = 0.12;
const longestDraft = 8;

interface LookUp {
  /** The place in the text that is taken for what comes next. */
  readonly place: number;
  /** How many tokens before it stand at the end of the text too. */
  readonly matching: number;
}

/**
 * Guesses what comes next by looking up how the text went on where its last tokens stood before: answers copy spans of
 * a passage, queries copy names of a schema. Guesses are checked by the model, so that they change the speed and nothing
 * else. After Saxena 2023, "Prompt Lookup Decoding"; how many are worth their pass is told by how often look-ups in this
 * text were right, those included that no guess was made of.
 */
export class Draft {
  readonly #text: number[];
  readonly #right = expected.map((share) => share * expectationsWeight);
  readonly #seen = expected.map(() => expectationsWeight);
  #lookUp: LookUp | undefined;

  constructor(promptIds: readonly number[]) {
    this.#text = [...promptIds];
    this.#lookUp = this.#findLatest();
  }

  /** What was really written. */
  push(id: number): void {
    if (this.#lookUp !== undefined) {
      const { place, matching } = this.#lookUp;
      this.#seen[matching - 1] = (this.#seen[matching - 1] as number) + 1;
      if (this.#text[place] === id) this.#right[matching - 1] = (this.#right[matching - 1] as number) + 1;
    }
    this.#text.push(id);
    this.#lookUp = this.#findLatest();
  }

  /** As many ids as make the most of a pass, at most `room`; none where the last token stands nowhere else. */
  guess(room: number): readonly number[] {
    if (this.#lookUp === undefined) return [];
    const { place, matching } = this.#lookUp;
    let count = 0;
    let best = 1;
    let [tokens, allRight] = [1, 1];
    for (let n = 1; n <= Math.min(room, longestDraft); n++) {
      // Where the guesses before it are right, more tokens match.
      allRight *= this.#shareRight(matching + n - 1);
      tokens += allRight;
      const tokensForTime = tokens / (1 + costOfGuess * n);
      if (tokensForTime > best) [best, count] = [tokensForTime, n];
    }
    return this.#text.slice(place, place + count);
  }

  #shareRight(matching: number): number {
    const at = Math.min(matching, expected.length) - 1;
    return (this.#right[at] as number) / (this.#seen[at] as number);
  }

  /** The latest of the places before which most of the text's last tokens stand. */
  #findLatest(): LookUp | undefined {
    const text = this.#text;
    const end = text.length;
    let found: LookUp | undefined;
    for (let place = end - 1; place > 0; place--) {
      let matching = 0;
      while (matching < expected.length && matching < place && text[place - 1 - matching] === text[end - 1 - matching])
        matching++;
      if (matching > (found?.matching ?? 0)) found = { place, matching };
      if (matching === expected.length) break;
    }
    return found;
  }
}
