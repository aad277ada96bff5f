import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import type { LabelResults } from '../../src-contract/label-results.ts';
import { labelResults } from '../tasks/metrics/label-results.ts';
import { evaluationLanguage } from './rows-language.ts';

/**
 * An evaluation label by label, from the answers that it keeps; undefined if its targets are no labels, or are queries or
 * JSON, which may be the same in other words.
 */
export function evaluationLabels(evaluation: Evaluation, rows: readonly EvaluationRow[]): LabelResults | undefined {
  const { mainMetric } = evaluation;
  if (mainMetric !== 'exactMatch' && mainMetric !== 'rougeL') return undefined;
  return labelResults(rows, evaluationLanguage(evaluation, rows));
}
