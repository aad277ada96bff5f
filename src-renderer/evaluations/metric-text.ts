import { fixed, percent } from '../i18n/format.ts';
import { isTextKey, t } from '../i18n/text.ts';
import { isLowerBetter } from './evaluation-verdict.ts';

/** A metric's name on screen; one that has no words there keeps its own. */
export function metricName(metric: string): string {
  const key = `evaluations.metric.${metric}`;
  return isTextKey(key) ? t(key) : metric;
}

/** A metric's explanation, where there is one. */
export function metricExplained(metric: string): string | undefined {
  const key = `evaluations.metric.${metric}.explain`;
  return isTextKey(key) ? t(key) : undefined;
}

/** Shares as percent, losses and perplexities as they are. */
export function metricValue(metric: string, value: number): string {
  if (!Number.isFinite(value)) return '–';
  return isLowerBetter(metric) ? fixed(value, 2) : percent(value);
}

/** A difference with its sign, in points of 100 where the metric is a share. */
export function metricDifference(metric: string, difference: number): string {
  if (!Number.isFinite(difference)) return '–';
  const shown = fixed(isLowerBetter(metric) ? difference : difference * 100, isLowerBetter(metric) ? 2 : 1);
  return difference > 0 ? `+${shown}` : shown.replace('-', '−');
}
