import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import { csvLine } from '../datasets/csv-text.ts';

/**
 * One line per row: its id, context and target, then for each model its answer, every measure of it, and the target's
 * loss in nats per token. RFC 4180.
 */
export function evaluationCsv({ results }: Evaluation, rows: readonly EvaluationRow[]): string {
  const measures = [...new Set(rows.flatMap((row) => row.answers.flatMap(({ marks }) => Object.keys(marks))))];
  const models = results.map(({ adapter }, place) => (place === 0 ? `base: ${adapter}` : adapter));
  const heads = models.flatMap((model) => [model, ...[...measures, 'loss'].map((name) => `${model}: ${name}`)]);
  const lines = rows.map(({ exampleId, context, target, answers }) => [
    ...[exampleId, context, target],
    ...models.flatMap((_, place) => {
      const answer = answers[place];
      const loss = answer?.target ? String(answer.target.nats / answer.target.tokens) : '';
      return [answer?.text ?? '', ...measures.map((name) => String(answer?.marks[name] ?? '')), loss];
    }),
  ]);
  return [['id', 'context', 'target', ...heads], ...lines].map(csvLine).join('');
}
