import type { GrammarState } from '../grammar/grammar-state.ts';
import type { Vocabulary } from '../grammar/vocabulary.ts';
import type { Random } from '../random.ts';
import type { AnswerGuide } from './answer-guide.ts';
import { chooseToken, likeliestTokens, type SamplingSettings } from './sampling.ts';

/** How many of the likeliest tokens are tried one by one before the whole vocabulary is: mostly the next one fits. */
const triedFirst = 32;

/**
 * Holds an answer to a grammar. Of the tokens that do not fit, the likeliest that does is taken instead; the whole
 * vocabulary is looked through only where none of the likeliest fits, or for a draw.
 */
export class GrammarGuide implements AnswerGuide {
  readonly #vocabulary: Vocabulary;
  readonly #stopIds: ReadonlySet<number>;
  #state: GrammarState;

  /** `stopIds`: what ends an answer, where the grammar lets it end. */
  constructor(grammar: GrammarState, vocabulary: Vocabulary, stopIds: ReadonlySet<number>) {
    this.#state = behindBlank(grammar);
    this.#vocabulary = vocabulary;
    this.#stopIds = stopIds;
  }

  fitting(id: number, logits: Float32Array, settings: SamplingSettings, random: Random): number | undefined {
    if (this.#fits(id)) return id;
    if (settings.temperature === 0) {
      const next = likeliestTokens(logits, Math.min(triedFirst, logits.length)).find((other) => this.#fits(other));
      if (next !== undefined) return next;
    }
    const left = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
    for (const other of this.#vocabulary.following(this.#state)) left[other] = logits[other] as number;
    for (const stop of this.#stopIds)
      left[stop] = this.#fits(stop) ? (logits[stop] as number) : Number.NEGATIVE_INFINITY;
    return chooseToken(left, settings, random);
  }

  push(id: number): void {
    this.#state = this.#vocabulary.after(this.#state, id) as GrammarState;
  }

  get isComplete(): boolean {
    if (!this.#state.accepting) return false;
    for (let byte = 0; byte < 0x100; byte++) if (this.#state.next(byte) !== undefined) return false;
    return true;
  }

  beginningOf(ids: readonly number[]): readonly number[] {
    let state: GrammarState | undefined = this.#state;
    const misfit = ids.findIndex((id) => {
      state = state && this.#vocabulary.after(state, id);
      return state === undefined;
    });
    return misfit < 0 ? ids : ids.slice(0, misfit);
  }

  #fits(id: number): boolean {
    return this.#stopIds.has(id) ? this.#state.accepting : this.#vocabulary.after(this.#state, id) !== undefined;
  }
}

/** Many vocabularies begin a word with a space; that of the first is no part of the answer. */
function behindBlank(grammar: GrammarState): GrammarState {
  return { accepting: grammar.accepting, next: (byte) => (byte === 0x20 ? grammar : grammar.next(byte)) };
}
