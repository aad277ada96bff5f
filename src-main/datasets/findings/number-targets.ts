import { shortened } from '../../../src-contract/shortened.ts';
import { isPlainNumber, numberOf } from '../../../src-contract/text-number.ts';
import { rowsOfLabel } from '../../tasks/label-lists.ts';
import { leastNumbers, mostLookedAt } from '../../tasks/usual-measure.ts';
import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';

/**
 * Targets that are no number, or not written plainly, where nearly all the others are plain numbers: answers would not be
 * held to numbers, and a model would learn to write the same one in several ways. Silent unless nearly all of the first
 * targets are numbers, and most are plain; and for a few that occur again and again, which are labels.
 */
export class NumberTargets implements Detector {
  readonly #odd: { readonly row: Pick<CheckedRow, 'number' | 'position'>; readonly text: string }[] = [];
  readonly #different = new Set<string>();
  #seen = 0;
  #numbers = 0;
  #plain = 0;
  #silent = false;

  take({ number, position, target }: CheckedRow): FlaggedRow[] {
    const text = target.trim();
    if (this.#silent || text === '') return [];
    this.#seen++;
    if (this.#seen <= mostLookedAt) this.#different.add(text);
    if (isPlainNumber(text)) {
      this.#numbers++;
      this.#plain++;
    } else {
      if (numberOf(text) !== undefined) this.#numbers++;
      if (this.#odd.length < mostOdd) this.#odd.push({ row: { number, position }, text: shortened(text, 80) });
    }
    if (this.#seen === mostLookedAt && !this.#areNumbers) {
      this.#silent = true;
      this.#odd.length = 0;
    }
    return [];
  }

  *finish(): Generator<FlaggedRow> {
    if (this.#silent || !this.#areNumbers) return;
    for (const { row, text } of this.#odd)
      yield flag(plainNumber(text) === undefined ? 'TARGET_NOT_NUMBER' : 'NUMBER_MENDABLE', row, text);
  }

  get #areNumbers(): boolean {
    const areLabels = this.#different.size * rowsOfLabel <= Math.min(this.#seen, mostLookedAt);
    return !areLabels && this.#numbers >= leastNumbers * this.#seen && this.#plain * 2 > this.#seen;
  }
}

/** A number with signs between its digits, written plainly; undefined for others, as for one with a unit. */
export function plainNumber(target: string): string | undefined {
  const found = numberOf(target);
  return found?.around === '' ? found.plain : undefined;
}

/** Beyond this many, the first ones say enough. */
const mostOdd = 10_000;
