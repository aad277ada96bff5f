import type { Evaluation } from '../../src-contract/evaluation.ts';
import { fillIn } from '../../src-contract/fill-in.ts';
import type { SureGroup } from '../../src-contract/sure-group.ts';
import { verdictOf } from '../../src-contract/verdict.ts';
import { escapeHtml } from './report-pictures.ts';
import type { ReportWords } from './report-words.ts';

/** The best result's rows in quarters, from the least to the most sure, and how many of each are right. */
export function reportSure(
  evaluation: Evaluation,
  {
    sure,
    words,
    table,
  }: {
    /** In the order of the results. */
    readonly sure: readonly (readonly SureGroup[])[];
    readonly words: ReportWords;
    readonly table: (head: readonly string[], lines: readonly (readonly string[])[]) => string;
  },
): string {
  const best = verdictOf(evaluation)?.best;
  const groups = best && sure[evaluation.results.indexOf(best)];
  if (best === undefined || groups === undefined || groups.length === 0) return '';
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const lines = groups.map(({ low, high, rows, right }) => [
    ...[`${percent(low)} – ${percent(high)}`, String(rows), `${right} (${percent(right / rows)})`],
  ]);
  return [
    `<h2>${escapeHtml(words.sure)}</h2>`,
    `<p class="faint">${escapeHtml(fillIn(words.sureTold, { adapter: best.adapter }))}</p>`,
    table([words.sureness, words.rows, words.right], lines),
  ].join('\n');
}
