import { listedLabels } from '../../src-contract/answer-form.ts';
import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import type { EvaluationBreakdown } from '../../src-contract/evaluation-breakdown.ts';
import type { FieldResults } from '../../src-contract/field-results.ts';
import type { LabelResults } from '../../src-contract/label-results.ts';
import { fieldLabelResults } from '../tasks/metrics/field-labels.ts';
import { fieldResults, jsonRow } from '../tasks/metrics/field-results.ts';
import { labelListResults } from '../tasks/metrics/label-lists.ts';
import { labelResults } from '../tasks/metrics/label-results.ts';
import { evaluationLanguage } from './rows-language.ts';
import { sureGroups } from './sure-groups.ts';

/** An evaluation field by field, label by label, and by how sure its answers are, from those that it keeps. */
export function evaluationBreakdown(evaluation: Evaluation, rows: readonly EvaluationRow[]): EvaluationBreakdown {
  return { ...fieldsAndLabels(evaluation, rows), sure: sureGroups(evaluation, rows) };
}

/**
 * Labels are those of the targets, or, where these are objects, those of each field that has some. None of queries, which
 * may be the same in other words.
 */
function fieldsAndLabels(
  evaluation: Evaluation,
  rows: readonly EvaluationRow[],
): { fields: FieldResults | null; labels: LabelResults[] } {
  const { mainMetric, results, provenance } = evaluation;
  const models = results.map(({ adapter }) => adapter);
  const language = evaluationLanguage(evaluation, rows);
  if (mainMetric === 'labelsMatch') {
    const fields = labelListResults(rows, models, { language, labels: listedLabels(provenance?.form) });
    return { fields, labels: [] };
  }
  if (mainMetric === 'jsonMatch') {
    const read = rows.map(jsonRow);
    return { fields: fieldResults(read, models) ?? null, labels: fieldLabelResults(read, language) };
  }
  const hasLabels = mainMetric === 'exactMatch' || mainMetric === 'rougeL';
  return {
    // One by an earlier version may have compared JSON by another measure.
    fields: fieldResults(rows.values().map(jsonRow), models) ?? null,
    labels: (hasLabels ? [labelResults(rows, language)] : []).filter((told) => told !== undefined),
  };
}
