import type { GrammarState } from './grammar-state.ts';

/** For tests: the state after a text; undefined where the grammar does not let it be written. */
export function written(grammar: GrammarState, text: string | Uint8Array): GrammarState | undefined {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  let state: GrammarState | undefined = grammar;
  for (const byte of bytes) state = state?.next(byte);
  return state;
}

export function accepts(grammar: GrammarState, text: string | Uint8Array): boolean {
  return written(grammar, text)?.accepting === true;
}

/** The bytes that may follow a text, as characters. */
export function goesOnWith(grammar: GrammarState, text: string): string {
  const state = written(grammar, text);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => state?.next(byte) !== undefined);
  return String.fromCharCode(...bytes);
}
