import type { FindingCode } from '../../../src-contract/finding.ts';
import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';

/** The two texts of a row. */
export type Pair = Pick<CheckedRow, 'context' | 'target'>;

/**
 * What a row has of something that a program left in it: nothing, something that is meant to be there, a remain that can
 * be mended for certain, or one only if others like it are in the table.
 */
export type Judged =
  | { readonly kind: 'none' | 'meant' }
  | { readonly kind: 'sure' | 'perhaps'; readonly detail: string; readonly mended: Pair };

export type Judge = (pair: Pair) => Judged;

/** The row without its remains. */
export function withoutRemains(pair: Pair, judge: Judge): Pair {
  const judged = judge(pair);
  return 'mended' in judged ? judged.mended : pair;
}

/** What programs leave in texts. Silent where a table is about just that: code, conversions, questions about it. */
export class Remains implements Detector {
  readonly #code: FindingCode;
  readonly #judge: Judge;
  readonly #sure: FlaggedRow[] = [];
  readonly #perhaps: FlaggedRow[] = [];
  #meant = 0;

  constructor(code: FindingCode, judge: Judge) {
    this.#code = code;
    this.#judge = judge;
  }

  take(row: CheckedRow): FlaggedRow[] {
    const judged = this.#judge(row);
    if (judged.kind === 'meant' || ('mended' in judged && isConversion(judged.mended))) this.#meant++;
    else if (judged.kind === 'sure') this.#sure.push(flag(this.#code, row, judged.detail));
    else if (judged.kind === 'perhaps') this.#perhaps.push(flag(this.#code, row, judged.detail));
    return [];
  }

  *finish(): Generator<FlaggedRow> {
    if (this.#meant > mostMeant * this.#sure.length) return;
    yield* this.#sure;
    if (this.#perhaps.length <= this.#sure.length) yield* this.#perhaps;
  }
}

/** Per row with a remain. */
const mostMeant = 0.2;

/** Without remains both texts say the same: the model is to add or to remove them. */
function isConversion({ context, target }: Pair): boolean {
  return lettersOf(context) === lettersOf(target);
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
