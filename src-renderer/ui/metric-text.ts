import { isLowerBetter, type Verdict } from '../../src-contract/verdict.ts';
import { fixed, fixedPercent, lossText, percent } from '../i18n/format.ts';
import { isTextKey, t } from '../i18n/text.ts';

/** A metric's display name; one without a text keeps its own. */
export function metricName(metric: string): string {
  const key = `evaluations.metric.${metric}`;
  return isTextKey(key) ? t(key) : metric;
}

/** A metric's explanation, if there is one. */
export function metricExplained(metric: string): string | undefined {
  const key = metric === 'loss' ? 'term.loss' : `evaluations.metric.${metric}.explain`;
  return isTextKey(key) ? t(key) : undefined;
}

/** Counts rather than shares; they say nothing about which is better. */
const counts = new Set(['words', 'targetWords']);

/** Shares as percentages; losses, perplexities and counts as they are. */
export function metricValue(metric: string, value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (counts.has(metric)) return fixed(value, 1);
  return isLowerBetter(metric) ? lossText(value) : percent(value);
}

/** As `metricValue`, for a column of figures: decimals align. */
export function metricFigure(metric: string, value: number): string {
  const isShare = Number.isFinite(value) && !counts.has(metric) && !isLowerBetter(metric);
  return isShare ? fixedPercent(value) : metricValue(metric, value);
}

/** A difference with its sign, in points of 100 if the metric is a share. */
export function metricDifference(metric: string, difference: number): string {
  if (!Number.isFinite(difference)) return '–';
  const shown = isLowerBetter(metric) ? lossText(difference) : fixed(difference * 100, 1);
  return difference > 0 ? `+${shown}` : shown.replace('-', '−');
}

/** The colour of a difference: none if it could be chance. */
export function outcomeTone(outcome: Verdict['outcome']): string {
  if (outcome.startsWith('better')) return 'text-ok';
  return outcome.startsWith('worse') ? 'text-bad' : 'text-ink-3';
}
