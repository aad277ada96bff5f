import { type CheckedRow, type Detector, type DetectorFacts, type FlaggedRow, flag } from './detector.ts';
import { plainText } from './plain-text.ts';

/**
 * Checks that need only the row itself: empty texts, an answer that is not in its passage, a summary that is not one.
 */
export class SingleRows implements Detector {
  readonly #task: DetectorFacts['task'];

  constructor({ task }: DetectorFacts) {
    this.#task = task;
  }

  *take(row: CheckedRow): Generator<FlaggedRow> {
    const { context, target } = row;
    if (context.trim() === '' || target.trim() === '') {
      yield flag('EMPTY_TEXT', row, context.trim() === '' ? 'context' : 'target');
      return;
    }
    if (this.#task === 'mrc') {
      const { passage } = passageParts(context) ?? {};
      if (passage !== undefined && !answersFrom(passage, target)) yield flag('ANSWER_NOT_IN_PASSAGE', row, target);
    }
    if (this.#task === 'summarisation') {
      const [long, short] = [target.trim().length, context.trim().length];
      if (long > short) yield flag('SUMMARY_LONGER', row, `target ${long}, context ${short}`);
      else if (isCopied(target, context)) yield flag('SUMMARY_COPIED', row, target);
    }
  }

  /** Everything is flagged immediately. */
  finish(): FlaggedRow[] {
    return [];
  }
}

/** Begins the question of a context, in the layouts of the tasks that have one. */
export const questionStart = '\n\nQuestion: ';

/** The passage of a context in this task's own layout; other layouts cannot be parsed. */
export function passageParts(context: string): { passage: string; question: string } | undefined {
  const end = context.lastIndexOf(questionStart);
  if (!context.startsWith('Passage: ') || end < 0) return undefined;
  return { passage: context.slice('Passage: '.length, end), question: context.slice(end + questionStart.length) };
}

/** Whether the answer stands in the passage. */
export function answersFrom(passage: string, answer: string): boolean {
  return plainText(passage).includes(plainText(answer));
}

/** A sentence or more that occurs verbatim in the document; a few words always do. */
function isCopied(summary: string, document: string): boolean {
  const text = plainText(summary);
  return text.length >= 60 && plainText(document).includes(text);
}

/**
 * Texts with outlying lengths: beyond three interquartile ranges on a log2 scale, and at least four times longer or
 * shorter than the median. Lengths are counted in a histogram with buckets of an eighth of a doubling.
 */
export class LengthOutliers implements Detector {
  readonly #contexts = new Lengths();
  readonly #targets = new Lengths();
  readonly #rows: { number: number; position: number; context: number; target: number }[] = [];

  take({ number, position, context, target }: CheckedRow): FlaggedRow[] {
    this.#contexts.count(context.length);
    this.#targets.count(target.length);
    // Only possible outliers are kept: those outside the usual range so far by a wide margin.
    if (this.#contexts.mayBeOut(context.length) || this.#targets.mayBeOut(target.length)) {
      if (this.#rows.length < mostKept)
        this.#rows.push({ number, position, context: context.length, target: target.length });
    }
    return [];
  }

  *finish(): Generator<FlaggedRow> {
    if (this.#contexts.total < fewRows) return;
    for (const row of this.#rows) {
      if (this.#contexts.isOut(row.context)) yield flag('LENGTH_OUTLIER', row, `context ${row.context}`);
      else if (this.#targets.isOut(row.target)) yield flag('LENGTH_OUTLIER', row, `target ${row.target}`);
    }
  }
}

const mostKept = 1_000_000;
/** With fewer rows, there is no telling what is usual. */
const fewRows = 40;

class Lengths {
  readonly #buckets = new Float64Array(256);
  total = 0;

  count(length: number): void {
    const bucket = bucketOf(length);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.total++;
  }

  mayBeOut(length: number): boolean {
    return this.total < 1000 || Math.abs(bucketOf(length) - this.#quantile(0.5)) >= 8;
  }

  isOut(length: number): boolean {
    const [low, middle, high] = [this.#quantile(0.25), this.#quantile(0.5), this.#quantile(0.75)];
    const bucket = bucketOf(length);
    const reach = Math.max(3 * (high - low), 8);
    return (bucket < low - reach || bucket > high + reach) && Math.abs(bucket - middle) >= 16;
  }

  #quantile(share: number): number {
    let seen = 0;
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      seen += this.#buckets[bucket] ?? 0;
      if (seen >= share * this.total) return bucket;
    }
    return 0;
  }
}

function bucketOf(length: number): number {
  return Math.min(255, Math.round(Math.log2(length + 1) * 8));
}
