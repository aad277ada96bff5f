import type { TokenBytes } from '../formats/token-bytes.ts';
import type { Vocabulary } from '../grammar/vocabulary.ts';
import type { Random } from '../random.ts';
import type { AnswerGuide } from './answer-guide.ts';
import { type Fitting, takeBranch } from './branches.ts';
import type { SamplingSettings } from './sampling.ts';

/** Behind a text that may be the whole answer: its end. */
const end = Symbol('end');
/** Where the texts part next: what all of those have in common that a token leads to. */
type Branch = TokenBytes | typeof end;

/** Holds an answer to one of some texts; what counts is where they part (`takeBranch`). */
export class ChoiceGuide implements AnswerGuide {
  readonly #vocabulary: Vocabulary;
  readonly #stopIds: ReadonlySet<number>;
  /** Those that can still be written, sorted. */
  #texts: readonly TokenBytes[];
  #written: TokenBytes = '';
  /** Many vocabularies begin a word with a space; that of the first is no part of the answer. */
  #mayHaveBlank = true;
  #certainty = 1;

  /** `stopIds`: what ends an answer. */
  constructor(texts: readonly string[], vocabulary: Vocabulary, stopIds: ReadonlySet<number>) {
    this.#texts = [...new Set(texts.map((text) => Buffer.from(text).toString('latin1')))].sort();
    this.#vocabulary = vocabulary;
    this.#stopIds = stopIds;
  }

  fitting(_: number, logits: Float32Array, settings: SamplingSettings, random: Random): number | undefined {
    const taken = takeBranch(this.#fitting(), logits, settings, random);
    if (taken !== undefined) this.#certainty *= taken.certainty;
    return taken?.id;
  }

  push(id: number): void {
    const bytes = this.#vocabulary.bytesOf(id) ?? '';
    const blank = this.#mayHaveBlank && this.#textsWith(bytes).length === 0 && bytes.startsWith(' ');
    this.#written += blank ? bytes.slice(1) : bytes;
    this.#mayHaveBlank = false;
    this.#texts = this.#textsWith('');
  }

  get isComplete(): boolean {
    return this.#texts.length === 1 && this.#texts[0] === this.#written;
  }

  get certainty(): number {
    return this.#certainty;
  }

  beginningOf(ids: readonly number[]): readonly number[] {
    let bytes = '';
    const misfit = ids.findIndex((id) => {
      bytes += this.#vocabulary.bytesOf(id) ?? '\0';
      return this.#textsWith(bytes).length === 0;
    });
    return misfit < 0 ? ids : ids.slice(0, misfit);
  }

  /** All tokens that fit, each with the branch that it leads to. */
  #fitting(): Fitting<Branch>[] {
    const found = new Map<number, Fitting<Branch>>();
    const find = (bytes: TokenBytes, rest: TokenBytes) => {
      const ids = [...this.#vocabulary.idsOf(bytes)].filter((id) => !this.#stopIds.has(id));
      if (ids.length === 0) return;
      const branch = commonBeginning(this.#textsWith(rest));
      for (const id of ids) found.set(id, { id, branch });
    };
    const from = this.#written.length;
    const beginnings = new Set(
      this.#texts.flatMap((text) => {
        const most = Math.min(text.length - from, this.#vocabulary.longest);
        return Array.from({ length: most }, (_, n) => text.slice(from, from + n + 1));
      }),
    );
    if (this.#mayHaveBlank) {
      for (const bytes of beginnings) find(` ${bytes}`, bytes);
      find(' ', '');
    }
    // Last: a text of its own that begins with a space is not one behind a space.
    for (const bytes of beginnings) find(bytes, bytes);
    if (this.#texts.includes(this.#written)) for (const id of this.#stopIds) found.set(id, { id, branch: end });
    return [...found.values()];
  }

  /** The texts that go on with these bytes. */
  #textsWith(bytes: TokenBytes): readonly TokenBytes[] {
    const beginning = this.#written + bytes;
    return this.#texts.slice(placeOf(this.#texts, beginning), placeOf(this.#texts, `${beginning}\u{100}`));
  }
}

/** Of the first that does not come before, among sorted texts. */
function placeOf(texts: readonly TokenBytes[], text: TokenBytes): number {
  let [from, to] = [0, texts.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((texts[middle] as TokenBytes) < text) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Of sorted texts. */
function commonBeginning(texts: readonly TokenBytes[]): TokenBytes {
  const [first = '', last = ''] = [texts[0], texts.at(-1)];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}
