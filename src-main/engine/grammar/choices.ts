import type { GrammarState } from './grammar-state.ts';
import { inFrontOf } from './stack.ts';
import { textPlace } from './texts.ts';

/** Exactly one of these texts, at least one. One may be the beginning of another, and then the answer may end or go on. */
export function choicesGrammar(texts: readonly string[]): GrammarState {
  return inFrontOf(textPlace(texts));
}
