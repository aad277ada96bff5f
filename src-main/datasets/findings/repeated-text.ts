/**
 * Sentences that nearly all texts begin with, or end with: an instruction, rather than something to tell the rows apart
 * by. Counts how far each text agrees with the first two that agree.
 */
export class RepeatedText {
  readonly #from: 'start' | 'end';
  /** How many texts agree with the reference in so many characters, but not in more. */
  readonly #agreeing = new Uint32Array(mostLetters + 1);
  #before: string | undefined;
  #reference: string | undefined;
  #texts = 0;

  constructor({ from }: { readonly from: 'start' | 'end' }) {
    this.#from = from;
  }

  take(text: string): void {
    this.#texts++;
    const part = this.#from === 'start' ? text.slice(0, mostLetters) : text.slice(-mostLetters);
    if (this.#reference === undefined) {
      const before = this.#before ?? '';
      this.#before = part;
      if (this.#agreement(part, before) < fewestLetters) return;
      this.#reference = before;
      this.#count(before);
    }
    this.#count(part);
  }

  /** Whole sentences; empty if there are none. */
  found(): string {
    const reference = this.#reference ?? '';
    let [letters, texts] = [reference.length, this.#agreeing[reference.length] ?? 0];
    while (letters > 0 && texts < nearlyAll * this.#texts) texts += this.#agreeing[--letters] ?? 0;
    const same = this.#from === 'start' ? reference.slice(0, letters) : reference.slice(reference.length - letters);
    const text = (this.#from === 'start' ? startingSentences : endingSentences).exec(same)?.[0].trim() ?? '';
    return isProse(text) ? text : '';
  }

  #count(part: string): void {
    const letters = this.#agreement(part, this.#reference ?? '');
    this.#agreeing[letters] = (this.#agreeing[letters] ?? 0) + 1;
  }

  #agreement(one: string, other: string): number {
    const at = (text: string, n: number) => text[this.#from === 'start' ? n : text.length - 1 - n];
    let n = 0;
    while (n < one.length && n < other.length && at(one, n) === at(other, n)) n++;
    return n;
  }
}

/** A longer one is material, such as a passage or the schema of a database. */
const mostLetters = 600;
const fewestLetters = 12;
const nearlyAll = 0.95;

/** Up to the last sign that ends a sentence or a heading, and from the first one on. */
const startingSentences = /^[\s\S]*(?:[.:?!…]["”’)]*(?=\s|$)|[。：？！\n])/;
const endingSentences = /(?<=[.:?!…]["”’)]*\s|[。：？！\n])[\s\S]*$/;

/** Mostly words, and more than the name of a field. Korean says with twelve letters what English says with thirty. */
function isProse(text: string): boolean {
  const dense = text.match(/\p{Script=Hangul}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/gu)?.length ?? 0;
  const letters = text.match(/[\p{L}\p{M}\s]/gu)?.length ?? 0;
  return text.length + 1.5 * dense >= 30 && letters >= 0.9 * text.length;
}
