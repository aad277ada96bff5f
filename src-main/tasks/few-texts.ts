import { longestLabel, mostLabels, rowsOfLabel } from './label-lists.ts';
import { usualSpellings } from './label-spellings.ts';

/**
 * Of the texts seen, as many stand for others that were never seen as occur a single time (I. J. Good, 1953): names of
 * towns, of which there are always more, have many such, labels hardly any.
 */
const mostSingle = 0.01;
/** JSON is compared to the letter: only what is as rare as this is a slip. */
const mostSlips = 0.05;
/** More of them stand in the text that they belong to: they are copied from there, and others will be. */
const mostCopied = 0.8;

/** Some texts, and whether they are a few that occur again and again, as labels do. */
export class FewTexts {
  readonly #counts = new Map<string, number>();
  #seen = 0;
  #copied = 0;
  #areFew = true;

  /** `context`: what the target belongs to. */
  take(text: string, context: string): void {
    if (!this.#areFew) return;
    this.#seen++;
    if (context.includes(text)) this.#copied++;
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
    this.#areFew = text.length <= longestLabel && this.#counts.size <= mostLabels;
    if (!this.#areFew) this.#counts.clear();
  }

  /** Each in its usual spelling, in the order in which they occur first; undefined if they are no few. */
  get texts(): readonly string[] | undefined {
    const texts = usualSpellings(this.#counts, mostSlips);
    const single = texts.filter((text) => this.#counts.get(text) === 1);
    const areLabels =
      texts.length > 1 &&
      texts.length * rowsOfLabel <= this.#seen &&
      this.#copied <= mostCopied * this.#seen &&
      single.length <= Math.max(1, mostSingle * this.#seen);
    return areLabels ? texts : undefined;
  }
}
