import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import type { LabelResults } from '../../src-contract/label-results.ts';
import { fieldLabelResults } from '../tasks/metrics/field-labels.ts';
import { labelResults } from '../tasks/metrics/label-results.ts';
import { evaluationLanguage } from './rows-language.ts';

/**
 * An evaluation label by label, from the answers that it keeps; of targets that are objects, each field that has labels.
 * None if there are no labels, or the targets are queries, which may be the same in other words.
 */
export function evaluationLabels(evaluation: Evaluation, rows: readonly EvaluationRow[]): LabelResults[] {
  const { mainMetric } = evaluation;
  const language = evaluationLanguage(evaluation, rows);
  if (mainMetric === 'jsonMatch') return fieldLabelResults(rows, language);
  if (mainMetric !== 'exactMatch' && mainMetric !== 'rougeL') return [];
  const told = labelResults(rows, language);
  return told === undefined ? [] : [told];
}
