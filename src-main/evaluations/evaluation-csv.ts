import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import { spreadsheetCell } from '../../src-contract/spreadsheet-cell.ts';
import { csvLine } from '../datasets/csv-text.ts';
import { isSameAnswer, judgedPairs } from './blind-vote.ts';
import type { BlindVote } from './blind-vote-store.ts';

/**
 * One line per row: its id, context and target, then for each model its answer, every measure of it, and the target's
 * loss in nats per token. For every two models that were judged blind, whose answer was preferred and whose was shown
 * first. RFC 4180; for a spreadsheet, which would run what begins like a formula, such cells are marked as text.
 */
export function evaluationCsv(
  { results }: Evaluation,
  {
    rows,
    votes,
    forSpreadsheet = false,
  }: {
    readonly rows: readonly EvaluationRow[];
    readonly votes: readonly BlindVote[];
    readonly forSpreadsheet?: boolean | undefined;
  },
): string {
  const measures = [...new Set(rows.flatMap((row) => row.answers.flatMap(({ marks }) => Object.keys(marks))))];
  const models = results.map(({ adapter }, place) => (place === 0 ? `base: ${adapter}` : adapter));
  const heads = models.flatMap((model) => [model, ...[...measures, 'loss'].map((name) => `${model}: ${name}`)]);
  const pairs = judgedPairs(votes);
  const judgedHeads = pairs.flatMap(({ of, against }) =>
    ['preferred', 'shown first'].map((what) => `${models[of]} or ${models[against]}: ${what}`),
  );
  const voteOn = new Map(votes.map((vote) => [`${vote.position} ${vote.of} ${vote.against}`, vote]));
  const lines = rows.map(({ exampleId, context, target, answers }, position) => [
    ...[exampleId, context, target],
    ...models.flatMap((_, place) => {
      const answer = answers[place];
      const loss = answer?.target ? String(answer.target.nats / answer.target.tokens) : '';
      return [answer?.text ?? '', ...measures.map((name) => String(answer?.marks[name] ?? '')), loss];
    }),
    ...pairs.flatMap(({ of, against }) => {
      const vote = voteOn.get(`${position} ${of} ${against}`);
      if (vote !== undefined) return [models[vote.preferred ?? -1] ?? 'equal', models[vote.first] ?? ''];
      return [isSameAnswer(answers[of]?.text ?? '', answers[against]?.text ?? '') ? 'same answer' : '', ''];
    }),
  ]);
  const table = [['id', 'context', 'target', ...heads, ...judgedHeads], ...lines];
  return table.map((cells) => csvLine(forSpreadsheet ? cells.map(spreadsheetCell) : cells)).join('');
}
