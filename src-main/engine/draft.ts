import { type Continuation, Continuations, longestMatch } from './continuations.ts';

/**
 * What each guess adds to a pass, in times of a pass without any, as measured on SmolLM2-135M (decision 0018): where onnxruntime writes, and where
 * kernels of our own do, whose pass over one token is twice as quick.
 */
export const costsOfGuess = { graphs: 0.12, kernels: 0.19 } as const;
const longestDraft = 8;
/** Stands before the first token of an answer: answers often begin alike. */
const beginning = -1;
/** Beyond so many tokens of answers, what was written is forgotten: five to ten megabytes. */
const mostRemembered = 20_000;

/** What look-ups in two places found. */
interface LookUps {
  /** In prompt and answer. */
  readonly here: Continuation | undefined;
  /** In earlier answers. */
  readonly before: Continuation | undefined;
}

/**
 * How often look-ups of a kind came true, beside how often their shares let expect: by how many tokens matched, and by whether
 * a look-up elsewhere found nothing, the same or something else. It follows what is written now: older ones count less.
 */
class Trust {
  readonly #right: number[];
  readonly #expected: number[];

  /** `usual`: what is expected before anything was seen, for one to `longestMatch` tokens; it counts like eight look-ups. */
  constructor(usual: readonly number[]) {
    const kinds = usual.flatMap((share) => [share, share, share]);
    this.#right = kinds.map((share) => 8 * share);
    this.#expected = kinds.map(() => 8);
  }

  see(found: Continuation, other: Continuation | undefined, id: number): void {
    const kind = kindOf(found, other);
    const fading = (this.#expected[kind] as number) > 128 ? 0.5 : 1;
    this.#expected[kind] = fading * ((this.#expected[kind] as number) + found.share);
    this.#right[kind] = fading * ((this.#right[kind] as number) + (found.id === id ? 1 : 0));
  }

  /** The chance that a look-up comes true. */
  chanceOf(found: Continuation, other: Continuation | undefined): number {
    const kind = kindOf(found, other);
    return Math.min(1, (found.share * (this.#right[kind] as number)) / (this.#expected[kind] as number));
  }
}

function kindOf(found: Continuation, other: Continuation | undefined): number {
  const agreement = other === undefined ? 0 : other.id === found.id ? 1 : 2;
  return 3 * (found.matching - 1) + agreement;
}

/** What was written before with the same weights, and how far look-ups were to be trusted. In memory alone. */
export class DraftMemory {
  readonly here = new Trust([0.3, 0.6, 0.8, 0.8]);
  readonly before = new Trust([0.2, 0.4, 0.5, 0.6]);
  #answers = new Continuations();

  get answers(): Continuations {
    return this.#answers;
  }

  forget(): void {
    this.#answers = new Continuations();
  }

  remember(answer: readonly number[]): void {
    if (this.#answers.counted + answer.length > mostRemembered) this.forget();
    this.#answers.read(answer);
  }
}

/**
 * Guesses what comes next by looking up what followed the last tokens in the text so far, where answers copy spans of a passage and
 * queries copy names of a schema, and in earlier answers, which begin, join and end alike. Guesses are checked by the model,
 * so that they change the speed and nothing else. After Saxena 2023, "Prompt Lookup Decoding"; how many are worth their pass is
 * told by how often look-ups came true, those included that no guess was made of.
 */
export class Draft {
  readonly #text: number[];
  readonly #answer: number[] = [beginning];
  readonly #stopIds: ReadonlySet<number>;
  readonly #memory: DraftMemory;
  readonly #costOfGuess: number;
  #here: Continuations | undefined;
  #expected: LookUps | undefined;

  /** `stopIds`: with what answers end, which is not worth a guess: it comes with the token before it. */
  constructor(
    promptIds: readonly number[],
    memory: DraftMemory,
    { stopIds, costOfGuess }: { readonly stopIds: ReadonlySet<number>; readonly costOfGuess: number },
  ) {
    this.#text = [...promptIds];
    this.#memory = memory;
    this.#stopIds = stopIds;
    this.#costOfGuess = costOfGuess;
  }

  /** What was really written, or ended the answer. */
  push(id: number): void {
    const { here, before } = this.#expected ?? this.#lookUp(this.#text, this.#answer);
    if (here !== undefined) this.#memory.here.see(here, before, id);
    if (before !== undefined) this.#memory.before.see(before, here, id);
    this.#text.push(id);
    this.#answer.push(id);
    this.#here?.count(this.#text, this.#text.length - 1);
    this.#expected = undefined;
  }

  /** As many ids as make the most of a pass, at most `room`; none where the last token stands nowhere else. */
  guess(room: number): readonly number[] {
    // Not before the first guess: the first token does not wait for it, and where none is asked for it is never made.
    if (room > 0 && this.#here === undefined) {
      this.#here = new Continuations();
      this.#here.read(this.#text);
    }
    const [text, answer] = [this.#text, this.#answer].map((ids) => ids.slice(-longestMatch)) as [number[], number[]];
    const guessed: number[] = [];
    let count = 0;
    let best = 1;
    let [tokens, allRight] = [1, 1];
    for (let n = 1; n <= Math.min(room, longestDraft); n++) {
      const found = this.#lookUp(text, answer);
      if (n === 1) this.#expected = found;
      const next = this.#likeliest(found);
      if (next === undefined) break;
      for (const ids of [guessed, text, answer]) ids.push(next.id);
      allRight *= next.chance;
      tokens += allRight;
      const tokensForTime = tokens / (1 + this.#costOfGuess * n);
      if (tokensForTime > best) [best, count] = [tokensForTime, n];
    }
    return guessed.slice(0, count);
  }

  /** The answer is over: later ones are guessed by it too. */
  end(): void {
    this.#memory.remember(this.#answer);
  }

  #lookUp(text: readonly number[], answer: readonly number[]): LookUps {
    return { here: this.#here?.behind(text), before: this.#memory.answers.behind(answer) };
  }

  #likeliest({ here, before }: LookUps): { id: number; chance: number } | undefined {
    let [chance, ending] = [0, 0];
    let id: number | undefined;
    const weigh = (found: Continuation | undefined, other: Continuation | undefined, trust: Trust) => {
      if (found === undefined) return;
      const own = trust.chanceOf(found, other);
      if (this.#stopIds.has(found.id)) ending = Math.max(ending, own);
      else if (own > chance) [id, chance] = [found.id, own];
    };
    weigh(here, before, this.#memory.here);
    weigh(before, here, this.#memory.before);
    return id === undefined ? undefined : { id, chance: Math.min(chance, 1 - ending) };
  }
}
