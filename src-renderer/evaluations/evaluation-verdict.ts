import type { Evaluation, EvaluationResult, EvaluationRow } from '../../src-contract/evaluation.ts';
import { type PairedDifference, pairedDifference } from './paired-difference.ts';

export interface Verdict {
  readonly kind: 'better' | 'worse' | 'even' | 'alone';
  /** The adapter that does best, or the base when it is alone. */
  readonly best: EvaluationResult;
  readonly base: EvaluationResult;
  /** The main metric of the best minus that of the base. */
  readonly gain: number;
  /** True when the metric counts rows as right or wrong. */
  readonly countsRows: boolean;
  readonly interval: PairedDifference | undefined;
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
export function verdictOf(evaluation: Evaluation, rows: readonly EvaluationRow[]): Verdict | undefined {
  const { mainMetric, results } = evaluation;
  const base = results[0];
  if (base === undefined) return undefined;
  const sign = isLowerBetter(mainMetric) ? -1 : 1;
  const adapters = results.slice(1);
  const best = adapters.toSorted((a, b) => sign * (metricOf(b, mainMetric) - metricOf(a, mainMetric)))[0];
  if (best === undefined) {
    return { kind: 'alone', best: base, base, gain: 0, countsRows: countsRows(mainMetric), interval: undefined };
  }
  const gain = metricOf(best, mainMetric) - metricOf(base, mainMetric);
  const interval = differenceOf(rows, results.indexOf(best));
  const sure = interval === undefined ? gain !== 0 : interval.low > 0 || interval.high < 0;
  const kind = !sure ? 'even' : sign * gain > 0 ? 'better' : 'worse';
  return { kind, best, base, gain, countsRows: countsRows(mainMetric), interval };
}

/** How much better the model of this place in the results does than the base, over the rows. */
function differenceOf(rows: readonly EvaluationRow[], place: number): PairedDifference | undefined {
  const scored = rows.filter((row) => row.answers.length > place);
  return pairedDifference(
    scored.map((row) => row.answers[place]?.score ?? 0),
    scored.map((row) => row.answers[0]?.score ?? 0),
  );
}

export function metricOf(result: EvaluationResult, metric: string): number {
  return result.metrics[metric] ?? Number.NaN;
}
