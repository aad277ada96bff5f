import { implement } from '@orpc/server';
import type { BlindPair } from '../../src-contract/blind-vote.ts';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { localDay } from '../../src-contract/local-time.ts';
import { withinMessage } from '../async/within-message.ts';
import { watchJob } from '../jobs/job-procedures.ts';
import { blindResult, blindResults, blindRow, blindRows, putBlindVote } from './blind-vote.ts';
import type { BlindVoteStore } from './blind-vote-store.ts';
import { evaluationBreakdown } from './evaluation-breakdown.ts';
import { evaluationCsv } from './evaluation-csv.ts';
import { evaluationReport } from './evaluation-report.ts';
import { type EvaluatingParts, resumeEvaluation, startEvaluation, usualMeasureOf } from './start-evaluation.ts';

export function evaluationProcedures(parts: EvaluatingParts & { votes: BlindVoteStore; changed: () => void }) {
  const { store, supervisor, votes, changed } = parts;
  const os = implement(contract.evaluations).$context<CallerContext>();
  const allRows = (id: string) => [...store.rows({ id, offset: 0, limit: store.countRows(id) })];

  /** Of an evaluation that is there. */
  const known = ({ id, of, against }: BlindPair): BlindPair => ({ id: store.get(id).id, of, against });

  return os.router({
    measure: os.measure.handler(({ input }) => usualMeasureOf(parts.datasets.get(input.datasetId), parts)),
    start: os.start.handler(({ input }) => startEvaluation(input, parts)),
    resume: os.resume.handler(({ input }) => resumeEvaluation(store.get(input.id).id, parts)),
    stop: os.stop.handler(({ input }) => supervisor.stop(store.get(input.id).id)),
    watch: os.watch.handler(({ input, signal, lastEventId }) => {
      const { id } = store.get(input.id);
      const ended = () => ({ kind: 'finished' as const, evaluation: store.get(id) });
      return watchJob(supervisor, id, { signal, lastEventId, ended });
    }),
    list: os.list.handler(() => store.list()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    rows: os.rows.handler(({ input }) => {
      const { id } = store.get(input.id);
      const rows = withinMessage(store.rows({ ...input, id }), ({ context, target, answers }) => [
        ...[context, target],
        ...answers.map(({ text }) => text),
      ]);
      return { total: store.countRows(id), rows };
    }),
    breakdown: os.breakdown.handler(({ input }) => {
      const evaluation = store.get(input.id);
      return evaluationBreakdown(evaluation, allRows(evaluation.id));
    }),
    csv: os.csv.handler(({ input }) => {
      const evaluation = store.get(input.id);
      return {
        name: `${fileName(evaluation)}.csv`,
        text: evaluationCsv(evaluation, { ...input, rows: allRows(evaluation.id), votes: votes.list(evaluation.id) }),
      };
    }),
    report: os.report.handler(({ input }) => {
      const evaluation = store.get(input.id);
      const rows = allRows(evaluation.id);
      const told = { rows, ...evaluationBreakdown(evaluation, rows), judged: blindResults(evaluation.id, votes) };
      const text = evaluationReport(evaluation, told, input.language);
      return { name: `${fileName(evaluation)}.html`, text };
    }),
    blindRows: os.blindRows.handler(({ input }) => blindRows(known(input), votes)),
    blindRow: os.blindRow.handler(({ input }) => blindRow(known(input), input.position, votes)),
    blindVote: os.blindVote.handler(({ input }) => {
      putBlindVote(known(input), input, votes);
      changed();
    }),
    blindResult: os.blindResult.handler(({ input }) => blindResult(known(input), votes)),
    delete: os.delete.handler(({ input }) => {
      const { id, state } = store.get(input.id);
      if (state === 'running') throw new StudioError('EVALUATION_ALREADY_ACTIVE', { evaluation: id });
      store.markDeleted(id, Date.now());
      changed();
    }),
    restore: os.restore.handler(({ input }) => {
      const evaluation = store.restore(input.id);
      changed();
      return evaluation;
    }),
  });
}

/** Without an extension. */
function fileName({ provenance, split, createdAt }: ReturnType<EvaluatingParts['store']['get']>): string {
  const dataset = (provenance?.dataset.name ?? 'evaluation').replace(/[^\p{L}\p{N} _-]/gu, '_');
  return `${dataset}-${split}-${localDay(createdAt)}`;
}
