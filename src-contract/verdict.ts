import type { Comparison, Evaluation, EvaluationResult } from '../../src-contract/evaluation.ts';

export interface Verdict {
  readonly kind: 'better' | 'worse' | 'even' | 'alone';
  /** The adapter that does best, or the base when it is alone. */
  readonly best: EvaluationResult;
  readonly base: EvaluationResult;
  /** The main metric of the best minus that of the base. */
  readonly gain: number;
  /** The best against the base; undefined for the base alone and for evaluations of earlier versions. */
  readonly comparison: Comparison | undefined;
}

const lowerIsBetter = new Set(['loss', 'perplexity']);
const rightOrWrong = new Set(['exactMatch', 'executionAccuracy', 'sqlMatch']);

export function isLowerBetter(metric: string): boolean {
  return lowerIsBetter.has(metric);
}

/** True for metrics by which a row is either right or wrong. */
export function countsRows(metric: string): boolean {
  return rightOrWrong.has(metric);
}

/** What an evaluation comes to: which adapter does best, by how much against the base, and how sure that is. */
export function verdictOf(evaluation: Evaluation): Verdict | undefined {
  const { mainMetric, results, comparisons } = evaluation;
  const base = results[0];
  if (base === undefined) return undefined;
  const sign = isLowerBetter(mainMetric) ? -1 : 1;
  const adapters = results.slice(1);
  const best = adapters.toSorted((a, b) => sign * (metricOf(b, mainMetric) - metricOf(a, mainMetric)))[0];
  if (best === undefined) return { kind: 'alone', best: base, base, gain: 0, comparison: undefined };
  const gain = metricOf(best, mainMetric) - metricOf(base, mainMetric);
  const comparison = comparisonOf(comparisons, { metric: mainMetric, of: results.indexOf(best), against: 0 });
  const sure = comparison?.sure ?? gain !== 0;
  const kind = !sure ? 'even' : sign * gain > 0 ? 'better' : 'worse';
  return { kind, best, base, gain, comparison };
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
 * How many rows would settle a difference that these rows leave open, were it as large as measured: an interval shrinks with
 * the root of their number. Undefined where more rows would hardly help.
 */
export function rowsToSettle({ difference, low, high, better, worse, same }: Comparison): number | undefined {
  const reach = (high - low) / 2;
  const n = better + worse + same;
  const needed = n * (reach / Math.abs(difference)) ** 2;
  return Number.isFinite(needed) && needed < 20 * n ? Math.ceil(needed / 10) * 10 : undefined;
}

export function metricOf(result: EvaluationResult, metric: string): number {
  return result.metrics[metric] ?? Number.NaN;
}
