import type { Comparison, Evaluation, EvaluationResult } from './evaluation.ts';

/**
 * The outcome of a comparison with the base. `Mixed`: the mean is conclusive although most rows say the opposite,
 * because the others differ by more. `same`: the scores are equal on every row.
 */
export type Outcome = 'better' | 'betterMixed' | 'worse' | 'worseMixed' | 'even' | 'same';

export interface Verdict {
  readonly outcome: Outcome | 'alone';
  /** The best adapter, or the base if there is none. */
  readonly best: EvaluationResult;
  readonly base: EvaluationResult;
  /** The main metric of `best` minus that of `base`. */
  readonly gain: number;
  /** The best against the base; undefined for the base alone and for evaluations by earlier versions. */
  readonly comparison: Comparison | undefined;
  readonly advice: Advice | undefined;
}

/** What to do next if the result leaves room for improvement. Losses are those of base and best. */
export type Advice =
  /** Too few rows to tell anything, whatever they say. */
  | { readonly kind: 'fewRows'; readonly n: number }
  /** How many rows would settle the difference if it is as large as measured. */
  | { readonly kind: 'moreRows'; readonly n: number }
  /** No more answers are right as a whole, but they are clearly closer to the targets by another measure. */
  | { readonly kind: 'closer'; readonly measure: Closeness; readonly from: number; readonly to: number }
  /** The targets surprise it less, but its answers are no better yet. */
  | { readonly kind: 'longer'; readonly from: number; readonly to: number }
  /** The targets surprise it no less than the base: it has hardly learned. */
  | { readonly kind: 'stronger'; readonly from: number; readonly to: number }
  /** Its answers are worse or the targets surprise it more: it has lost some of the base's knowledge. */
  | { readonly kind: 'calmer'; readonly from: number; readonly to: number }
  /** The targets surprise it less, yet its answers are worse. */
  | { readonly kind: 'readLost'; readonly from: number; readonly to: number }
  /** It is better, but most rows are still wrong. */
  | { readonly kind: 'stillWrong'; readonly wrong: number; readonly n: number }
  /** It is better than a base that was of no use, and is of little use itself: its answers are hardly like the targets. */
  | { readonly kind: 'farOff' }
  /** It is better by a measure that compares words, not meaning. */
  | { readonly kind: 'readSome' };

/** How close an answer is, where the main metric says only whether it is right. */
const closeness: Readonly<Partial<Record<string, Closeness>>> = {
  exactMatch: 'f1',
  labelsMatch: 'labelsF1',
  numberMatch: 'withinTenth',
  jsonMatch: 'fieldF1',
};
type Closeness = 'f1' | 'labelsF1' | 'withinTenth' | 'fieldF1';

const lowerIsBetter = new Set(['loss', 'perplexity', 'absoluteError']);
const rightOrWrong = new Set([
  'exactMatch',
  'labelsMatch',
  'numberMatch',
  'jsonMatch',
  'executionAccuracy',
  'sqlMatch',
]);

export function isLowerBetter(metric: string): boolean {
  return lowerIsBetter.has(metric);
}

/** True for metrics that score a row as either right or wrong. */
export function countsRows(metric: string): boolean {
  return rightOrWrong.has(metric);
}

/**
 * Whether answers hardly resemble their targets. Texts that have nothing to do with each other come near a ROUGE-L of a
 * tenth by the most common words of their language.
 */
export function isFarOff(metric: string, value: number): boolean {
  return metric === 'rougeL' && value < 0.1;
}

/**
 * The verdict on an evaluation: which adapter is best, by how much over the base, how sure that is, and what to do
 * next.
 */
export function verdictOf(evaluation: Evaluation): Verdict | undefined {
  const { mainMetric, results, comparisons } = evaluation;
  const base = results[0];
  if (base === undefined) return undefined;
  const sign = isLowerBetter(mainMetric) ? -1 : 1;
  const adapters = results.slice(1);
  const better = (a: EvaluationResult, b: EvaluationResult) =>
    sign * (metricOf(b, mainMetric) - metricOf(a, mainMetric));
  // Break ties by the lowest loss on the targets.
  const best = adapters.toSorted((a, b) => better(a, b) || metricOf(a, 'loss') - metricOf(b, 'loss'))[0];
  const alone = { base, gain: 0, comparison: undefined, advice: undefined } as const;
  if (best === undefined) return { outcome: 'alone', best: base, ...alone };
  const gain = metricOf(best, mainMetric) - metricOf(base, mainMetric);
  const against = { of: results.indexOf(best), against: 0 };
  const comparison = comparisonOf(comparisons, { metric: mainMetric, ...against });
  if (comparison === undefined) {
    return { ...alone, outcome: gain === 0 ? 'same' : sign * gain > 0 ? 'better' : 'worse', best, gain };
  }
  const loss = comparisonOf(comparisons, { metric: 'loss', ...against });
  const measure = closeness[mainMetric];
  const near = measure && comparisonOf(comparisons, { metric: measure, ...against });
  const outcome = outcomeOf(comparison);
  return {
    outcome,
    best,
    base,
    gain,
    comparison,
    advice: adviceOn(outcome, {
      metric: mainMetric,
      best,
      base,
      comparison,
      loss,
      measure: isGain(near) ? measure : undefined,
    }),
  };
}

/** For a comparison by a metric where higher is better. */
export function outcomeOf({ difference, better, worse, sure }: Comparison): Outcome {
  if (better === 0 && worse === 0) return 'same';
  if (!sure) return 'even';
  if (difference > 0) return better > worse ? 'better' : 'betterMixed';
  return worse > better ? 'worse' : 'worseMixed';
}

/** How to word an outcome: counts of zero rows are not mentioned. */
export type Telling = Outcome | 'onlyBetter' | 'onlyWorse' | 'evenOnlyBetter' | 'evenOnlyWorse';

export function tellingOf(comparison: Comparison): Telling {
  const outcome = outcomeOf(comparison);
  if (outcome === 'better' && comparison.worse === 0) return 'onlyBetter';
  if (outcome === 'worse' && comparison.better === 0) return 'onlyWorse';
  if (outcome === 'even' && comparison.worse === 0) return 'evenOnlyBetter';
  if (outcome === 'even' && comparison.better === 0) return 'evenOnlyWorse';
  return outcome;
}

export function comparisonOf(
  comparisons: readonly Comparison[],
  wanted: Pick<Comparison, 'metric' | 'of' | 'against'>,
): Comparison | undefined {
  return comparisons.find(
    ({ metric, of, against }) => metric === wanted.metric && of === wanted.of && against === wanted.against,
  );
}

/**
 * How many rows would settle a difference that is still open, if it is as large as measured: an interval shrinks with
 * the square root of their number. Undefined if more rows would hardly help.
 */
export function rowsToSettle({ difference, low, high, better, worse, same }: Comparison): number | undefined {
  const reach = (high - low) / 2;
  const n = better + worse + same;
  const needed = n * (reach / Math.abs(difference)) ** 2;
  return Number.isFinite(needed) && needed < 20 * n ? Math.ceil(needed / 10) * 10 : undefined;
}

/**
 * About how large a difference of shares must be to be conclusive with `n` rows, if three rows in ten differ: 1.96
 * standard errors of the difference of two shares on the same rows, √(0.3 ÷ n) (McNemar 1947), and at least the six
 * rows that must agree in a sign test. Undefined for fewer than six.
 */
export function surelySeen(n: number): number | undefined {
  return n < 6 ? undefined : Math.max(6 / n, 1.96 * Math.sqrt(0.3 / n));
}

export function metricOf(result: EvaluationResult, metric: string): number {
  return result.metrics[metric] ?? Number.NaN;
}

/** Fewer can hardly be conclusive: six must agree, and most rows do not differ. */
const fewRows = 10;

interface Measured {
  readonly metric: string;
  readonly best: EvaluationResult;
  readonly base: EvaluationResult;
  readonly comparison: Comparison;
  readonly loss: Comparison | undefined;
  /** By which answers are clearly closer to the targets. */
  readonly measure: Closeness | undefined;
}

function isGain(comparison: Comparison | undefined): boolean {
  return comparison?.sure === true && comparison.difference > 0;
}

function adviceOn(outcome: Outcome, { metric, best, base, comparison, loss, measure }: Measured): Advice | undefined {
  const losses = { from: metricOf(base, 'loss'), to: metricOf(best, 'loss') };
  const fell = loss?.sure === true && loss.difference < 0;
  const rose = loss?.sure === true && loss.difference > 0;
  switch (outcome) {
    case 'better':
    case 'betterMixed': {
      if (!countsRows(metric)) return { kind: isFarOff(metric, metricOf(best, metric)) ? 'farOff' : 'readSome' };
      const wrong = Math.round((1 - metricOf(best, metric)) * best.n);
      return wrong * 2 > best.n ? { kind: 'stillWrong', wrong, n: best.n } : undefined;
    }
    case 'worse':
    case 'worseMixed':
      if (loss === undefined) return undefined;
      return fell ? { kind: 'readLost', ...losses } : { kind: 'calmer', ...losses };
    case 'even':
    case 'same': {
      if (best.n < fewRows) return { kind: 'fewRows', n: best.n };
      if (rose) return { kind: 'calmer', ...losses };
      if (measure !== undefined)
        return { kind: 'closer', measure, from: metricOf(base, measure), to: metricOf(best, measure) };
      if (fell) return { kind: 'longer', ...losses };
      const n = rowsToSettle(comparison);
      if (n !== undefined) return { kind: 'moreRows', n };
      return loss === undefined ? undefined : { kind: 'stronger', ...losses };
    }
    default:
      return outcome satisfies never;
  }
}
