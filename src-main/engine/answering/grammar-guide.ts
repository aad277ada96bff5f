import type { Choice, GrammarState } from '../grammar/grammar-state.ts';
import type { Vocabulary } from '../grammar/vocabulary.ts';
import type { Random } from '../random.ts';
import type { AnswerGuide } from './answer-guide.ts';
import { takeBranch } from './branches.ts';
import { chooseToken, likeliestTokens, type SamplingSettings } from './sampling.ts';

/** How many of the likeliest tokens are tried one by one before the whole vocabulary is: mostly the next one fits. */
const triedFirst = 32;

/**
 * Holds an answer to a grammar. Of the tokens that do not fit, the likeliest that does is taken instead; the whole
 * vocabulary is looked through only where none of the likeliest fits, or for a draw. Where a value is one of several
 * texts, what counts is where they part (`takeBranch`).
 */
export class GrammarGuide implements AnswerGuide {
  readonly #vocabulary: Vocabulary;
  readonly #stopIds: ReadonlySet<number>;
  #state: GrammarState;
  /** Of the values that are one of several texts. */
  #certainty: number | undefined;

  /** `stopIds`: what ends an answer, where the grammar lets it end. */
  constructor(grammar: GrammarState, vocabulary: Vocabulary, stopIds: ReadonlySet<number>) {
    this.#state = behindBlank(grammar);
    this.#vocabulary = vocabulary;
    this.#stopIds = stopIds;
  }

  fitting(id: number, logits: Float32Array, settings: SamplingSettings, random: Random): number | undefined {
    if (this.#state.choice !== undefined) return this.#choose(this.#state.choice, logits, settings, random);
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

  /** How probable the texts that were chosen were among those that could be; undefined if none was. */
  get certainty(): number | undefined {
    return this.#certainty;
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

  #choose(choice: Choice, logits: Float32Array, settings: SamplingSettings, random: Random): number | undefined {
    const ids = [...this.#vocabulary.following(this.#state)].filter((id) => !this.#stopIds.has(id));
    const goingOn = ids.map((id) => ({ id, branch: this.#textsAfter(choice, id) }));
    const ending = this.#state.accepting ? [...this.#stopIds].map((id) => ({ id, branch: 'end' })) : [];
    const taken = takeBranch([...goingOn, ...ending], logits, settings, random);
    if (taken !== undefined) this.#certainty = (this.#certainty ?? 1) * taken.certainty;
    return taken?.id;
  }

  /** Which of the texts are left behind a token that fits; it may go on behind their end. */
  #textsAfter(choice: Choice, id: number): string {
    let left = choice;
    for (const character of this.#vocabulary.bytesOf(id) ?? '') {
      const next = left.after(character.charCodeAt(0));
      if (next === undefined) break;
      left = next;
    }
    return left.texts;
  }

  #fits(id: number): boolean {
    return this.#stopIds.has(id) ? this.#state.accepting : this.#vocabulary.after(this.#state, id) !== undefined;
  }
}

/** Many vocabularies begin a word with a space; that of the first is no part of the answer. */
function behindBlank(grammar: GrammarState): GrammarState {
  const { accepting, choice } = grammar;
  return {
    accepting,
    next: (byte) => (byte === blank ? grammar : grammar.next(byte)),
    choice: choice && { texts: choice.texts, after: (byte) => (byte === blank ? choice : choice.after(byte)) },
  };
}

const blank = 0x20;
