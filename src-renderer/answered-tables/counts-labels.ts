import { hasLabels } from '../../src-contract/answer-fields.ts';
import type { AnswerCounts, AnsweredTable } from '../../src-contract/answered-table.ts';

/** Whether the answers, or what is counted of them, are labels, a few that occur again and again, so that counting them says something. */
export function countsLabels(
  { form }: Pick<AnsweredTable, 'form'>,
  { answers, others }: Pick<AnswerCounts, 'answers' | 'others'>,
): boolean {
  if (answers.length === 0) return false;
  if (hasLabels(form)) return true;
  const rows = answers.reduce((sum, each) => sum + each.rows, 0);
  return others === 0 && rows >= 2 * answers.length;
}
