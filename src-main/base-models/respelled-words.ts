import type { Respelled } from '../engine/engine.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Beyond this many words the cache is cleared: a few megabytes. */
const mostCached = 20_000;
/** Part of a character counts as a letter. */
const afterSpace = /^ [\p{L}\p{N}\uFFFD]/u;
const withinWord = /^[\p{L}\p{M}\p{N}\uFFFD]/u;

/**
 * The ids that words of prompts have without the space before them. Byte-level tokenizers make the space part of a
 * word's first token, so an answer that copies a word and begins with it has other ids: “ turbine” is one token,
 * “turbine” three. Of tokenizers that put a space before every text, nothing is respelled.
 */
export class RespelledWords {
  readonly #tokenizer: Tokenizer;
  readonly #texts = new Map<number, string>();
  readonly #words = new Map<string, readonly number[]>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  of(promptIds: readonly number[]): Respelled[] {
    const found: Respelled[] = [];
    for (let begin = 0; begin < promptIds.length; begin++) {
      if (!afterSpace.test(this.#textOf(promptIds[begin] as number))) continue;
      let end = begin + 1;
      while (end < promptIds.length && withinWord.test(this.#textOf(promptIds[end] as number))) end++;
      const word = promptIds.slice(begin, end);
      const ids = this.#respelled(word);
      if (ids[0] !== word[0]) found.push({ ids, end });
    }
    return found;
  }

  #textOf(id: number): string {
    let text = this.#texts.get(id);
    if (text === undefined) {
      text = this.#tokenizer.decode([id]);
      this.#texts.set(id, text);
    }
    return text;
  }

  #respelled(word: readonly number[]): readonly number[] {
    const key = word.join();
    let ids = this.#words.get(key);
    if (ids === undefined) {
      if (this.#words.size >= mostCached) this.#words.clear();
      ids = this.#tokenizer.encode(this.#tokenizer.decode(word).slice(1));
      this.#words.set(key, ids);
    }
    return ids;
  }
}
