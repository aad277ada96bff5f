import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import { spreadsheetCell } from '../../src-contract/spreadsheet-cell.ts';
import { csvLine } from '../datasets/csv-text.ts';
import { isSameAnswer, judgedPairs } from './blind-vote.ts';
import type { BlindVote } from './blind-vote-store.ts';

/**
 * One line per row: its id, context and target, then for each model its answer, every measure of it, how sure it was if
 * that is known, and the target's loss in nats per token; where queries were replaced, also the first one. For every
 * two models that were judged blind, whose answer was preferred and whose was shown first. RFC 4180; for a spreadsheet,
 * which would run what begins like a formula, such cells are marked as text.
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
  /** Whether a model's queries were replaced, by its place. */
  const hasFirst = models.map((_, place) => rows.some(({ answers }) => answers[place]?.firstText !== undefined));
  const hasSure = models.map((_, place) => rows.some(({ answers }) => answers[place]?.certainty !== undefined));
  const heads = models.flatMap((model, place) => [
    model,
    ...(hasFirst[place] ? [`${model}: first query`] : []),
    ...[...measures, ...(hasSure[place] ? ['sure'] : []), 'loss'].map((name) => `${model}: ${name}`),
  ]);
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
      const first = hasFirst[place] ? [answer?.firstText ?? ''] : [];
      const sure = hasSure[place] ? [answer?.certainty?.toFixed(3) ?? ''] : [];
      const marks = measures.map((name) => String(answer?.marks[name] ?? ''));
      return [answer?.text ?? '', ...first, ...marks, ...sure, loss];
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
