import type { GenerateJob } from '../engine.ts';
import { type Continuation, Continuations, longestMatch } from './continuations.ts';
import { Copies } from './copies.ts';

/**
 * What each guess adds to a pass, relative to a pass without guesses, as measured on SmolLM2-135M (decision 0018):
 * where onnxruntime generates, and where our own kernels do, whose pass over one token is twice as fast.
 */
export const costsOfGuess = { graphs: 0.12, kernels: 0.19 } as const;
const longestDraft = 8;
/** Stands for the beginning of an answer: answers often begin alike. */
const beginning = -1;
/** Beyond this many tokens of answers the memory is cleared: five to ten megabytes. */
const mostRemembered = 20_000;

type Prompt = Pick<GenerateJob, 'promptIds' | 'respelled' | 'trained'>;

/** The results of look-ups in two places. */
interface LookUps {
  /** In prompt and answer. */
  readonly here: Continuation | undefined;
  /** In earlier answers. */
  readonly before: Continuation | undefined;
}

/** How often look-ups were right, relative to how often that was expected. Older ones count less. */
class Tally {
  #right: number;
  #expected: number;
  readonly #most: number;

  /** Begins as if so many had been right and expected; from `most` on, all of them count half. */
  constructor(begin: { readonly right: number; readonly expected: number; readonly most: number }) {
    this.#right = begin.right;
    this.#expected = begin.expected;
    this.#most = begin.most;
  }

  get ratio(): number {
    return this.#right / this.#expected;
  }

  see(chance: number, isRight: boolean): void {
    const fading = this.#expected > this.#most ? 0.5 : 1;
    this.#expected = fading * (this.#expected + chance);
    this.#right = fading * (this.#right + (isRight ? 1 : 0));
  }
}

/**
 * The probability that look-ups are right, given their shares: by the number of matching tokens, by whether the other
 * look-up found nothing, the same or something else, and by the token found: an answer seldom copies the comma behind
 * a span.
 */
class Trust {
  readonly #kinds: readonly Tally[];
  readonly #ids = new Map<number, Tally>();

  /** `usual`: the prior, for one to `longestMatch` tokens; it weighs as much as eight look-ups. */
  constructor(usual: readonly number[]) {
    const kinds = usual.flatMap((share) => [share, share, share]);
    this.#kinds = kinds.map((share) => new Tally({ right: 8 * share, expected: 8, most: 128 }));
  }

  see(found: Continuation, other: Continuation | undefined, id: number): void {
    const isRight = found.id === id;
    const kind = this.#kinds[kindOf(found, other)] as Tally;
    let own = this.#ids.get(found.id);
    if (own === undefined) {
      own = new Tally({ right: 1, expected: 1, most: 32 });
      this.#ids.set(found.id, own);
    }
    own.see(found.share * kind.ratio, isRight);
    kind.see(found.share, isRight);
  }

  chanceOf(found: Continuation, other: Continuation | undefined): number {
    const kind = this.#kinds[kindOf(found, other)] as Tally;
    return Math.min(1, found.share * kind.ratio * (this.#ids.get(found.id)?.ratio ?? 1));
  }
}

function kindOf(found: Continuation, other: Continuation | undefined): number {
  const agreement = other === undefined ? 0 : other.id === found.id ? 1 : 2;
  return 3 * (found.matching - 1) + agreement;
}

/** What was generated before with the same weights, and how far look-ups were to be trusted. In memory only. */
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

  /** Reads answers that were not generated, unless it remembers any. */
  begin(answers: readonly (readonly number[])[]): void {
    if (this.#answers.counted > 0) return;
    for (const answer of answers) this.remember([beginning, ...answer]);
  }

  remember(answer: readonly number[]): void {
    if (this.#answers.counted + answer.length > mostRemembered) this.forget();
    this.#answers.read(answer);
  }
}

/**
 * Guesses what comes next by looking up what followed the last tokens in the text so far, as answers copy spans of a
 * passage and queries copy names of a schema, and in earlier answers, which begin, join and end alike (before the first,
 * in some that the adapter was trained to give). The model verifies guesses, so they change nothing but the speed. After Saxena 2023, "Prompt Lookup Decoding"; how many guesses
 * are worth their cost in a pass is estimated from how often look-ups were right, including those that led to no guess.
 */
export class Draft {
  readonly #prompt: Prompt;
  readonly #text: number[];
  readonly #answer: number[] = [beginning];
  readonly #stopIds: ReadonlySet<number>;
  readonly #memory: DraftMemory;
  readonly #costOfGuess: number;
  #here: Copies | undefined;
  #expected: LookUps | undefined;

  /** `stopIds`: not worth guessing, as an answer's end comes with the token before it. */
  constructor(
    prompt: Prompt,
    memory: DraftMemory,
    { stopIds, costOfGuess }: { readonly stopIds: ReadonlySet<number>; readonly costOfGuess: number },
  ) {
    this.#prompt = prompt;
    this.#text = [...prompt.promptIds];
    this.#memory = memory;
    this.#stopIds = stopIds;
    this.#costOfGuess = costOfGuess;
  }

  /** The token actually generated, or the one that ended the answer. */
  push(id: number): void {
    const { here, before } = this.#expected ?? this.#lookUp(this.#text, this.#answer);
    if (here !== undefined) this.#memory.here.see(here, before, id);
    if (before !== undefined) this.#memory.before.see(before, here, id);
    this.#text.push(id);
    this.#answer.push(id);
    this.#here?.push(id);
    this.#expected = undefined;
  }

  /** As many ids as give the most tokens per time, at most `room`; none if the last token occurs nowhere else. */
  guess(room: number): readonly number[] {
    // Built lazily: the first token does not wait for it, and without guesses it is never needed.
    if (room > 0 && this.#here === undefined) {
      this.#here = new Copies(this.#prompt);
      for (const id of this.#answer.slice(1)) this.#here.push(id);
      this.#memory.begin(this.#prompt.trained ?? []);
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

  /** The answer is over: later ones use it for guesses too. */
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
