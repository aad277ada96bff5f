import type { Tokenizer } from '@huggingface/tokenizers';

/** What the library does not declare of a tokenizer's parts. */
interface Parts {
  pre_tokenizer: PreTokenizer | null;
  readonly added_tokens_map: ReadonlyMap<string, { readonly special: boolean }>;
  readonly splitter_unnormalized: Splitter;
  readonly splitter_normalized: Splitter;
}

type PreTokenizer = (text: string, options?: object) => string[];

interface Splitter {
  /** Cuts a text at added tokens; these are parts themselves. */
  split(text: string): string[];
}

/**
 * A function for texts within a template: what a person says must not end their turn or begin another's, so special
 * tokens named in it are letters. A mark parts each name until the tokenizer has looked for added tokens.
 */
export function quoting(tokenizer: Tokenizer): (text: string) => string {
  // Sound: they are there in every tokenizer of version 0.2.0.
  const parts = tokenizer as unknown as Parts;
  const { pre_tokenizer: cut, added_tokens_map: added, ...splitters } = parts;
  parts.pre_tokenizer = (text, options) => {
    const whole = text.replaceAll(mark, '');
    return cut === null ? [whole] : cut(whole, options);
  };
  const parted = (part: string) =>
    added.get(part)?.special && part.length > 1 ? `${part.slice(0, 1)}${mark}${part.slice(1)}` : part;
  return function quoted(text): string {
    const unnormalized = splitters.splitter_unnormalized.split(text).map(parted).join('');
    const marked = splitters.splitter_normalized.split(unnormalized).map(parted).join('');
    // The rest of one may be the beginning of another.
    return marked === text ? text : quoted(marked);
  };
}

/** Noncharacters, which no text has: alone, each is read as it is. */
const mark = '\uFDD0\uFDEF\uFDD0';
