import type { BaseText } from './base-text.ts';

/**
 * Turns ids into text one by one. A character whose bytes span several ids is emitted with the last of them; an
 * incomplete one at the end is dropped.
 */
export class TextStream {
  readonly #decoder: Pick<BaseText, 'decodeBehind'>;
  /** Decoders depend on what precedes (the first id of a text may lose its space): the previous piece is included. */
  #ids: number[] = [];
  #shown = 0;

  /** For a text of its own, or for one that continues after an id: the two may differ in their first space. */
  constructor(decoder: Pick<BaseText, 'decodeBehind'>, after?: number) {
    this.#decoder = decoder;
    if (after !== undefined) this.#ids.push(after);
    this.#shown = this.#ids.length;
  }

  /** The text that this id completes; often a word, sometimes nothing. */
  async push(id: number): Promise<string> {
    this.#ids.push(id);
    const text = await this.#decoder.decodeBehind(this.#shown, this.#ids);
    if (text === '') return '';
    this.#ids = this.#ids.slice(this.#shown);
    this.#shown = this.#ids.length;
    return text;
  }
}
