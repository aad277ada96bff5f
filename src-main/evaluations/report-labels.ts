import type { Evaluation } from '../../src-contract/evaluation.ts';
import { countNoLabel, type LabelResults } from '../../src-contract/label-results.ts';
import { mixUpText } from '../../src-contract/label-words.ts';
import { verdictOf } from '../../src-contract/verdict.ts';
import { escapeHtml } from './report-pictures.ts';
import type { ReportWords } from './report-words.ts';

/** Each result label by label: what it mixes up most, and a table of targets and answers. That of the best is open. */
export function labelTables(
  evaluation: Evaluation,
  labels: LabelResults,
  words: ReportWords & { readonly tongue: 'en' | 'ko' },
): string {
  const best = verdictOf(evaluation)?.best;
  const told = evaluation.results.map((result, place) => {
    const sentence = mixUpText(labels, place, words.tongue);
    const summary = `<summary><b>${escapeHtml(result.adapter)}</b> ${escapeHtml(sentence)}</summary>`;
    return `<details${result === best ? ' open' : ''}>${summary}${labelTable(labels, place, words)}</details>`;
  });
  const title = labels.field === null ? words.labels : `${words.labels}: ${labels.field}`;
  return [`<h2>${escapeHtml(title)}</h2>`, `<p class="faint">${escapeHtml(words.labelsTold)}</p>`, ...told].join('\n');
}

function labelTable({ labels, results }: LabelResults, place: number, words: ReportWords): string {
  const result = results[place];
  if (result === undefined) return '';
  // Answers that were held to the labels are all among them.
  const hasNone = results.some((each) => countNoLabel(each) > 0);
  const answers = [...labels.map(({ label }) => label), ...(hasNone ? [words.noLabel] : [])];
  const head = [words.rows, words.right, words.precision, 'F1'].map(
    (name) => `<th rowspan="2">${escapeHtml(name)}</th>`,
  );
  const lines = labels.map(({ label, rows }, target) => {
    const { recall = 0, precision = null, f1 = 0 } = result.labels[target] ?? {};
    const scores = [String(rows), share(recall), share(precision), share(f1)].map((cell) => `<td>${cell}</td>`);
    const counts = result.confusion[target]
      ?.slice(0, answers.length)
      .map((count, answer) => countCell(count, { rows, right: answer === target }));
    return `<tr><th>${escapeHtml(label)}</th>${[...scores, ...(counts ?? [])].join('')}</tr>`;
  });
  const mean = `<tr><th>${escapeHtml(words.labelMean)}</th><td></td><td>${share(result.balancedAccuracy)}</td><td></td><td>${share(result.macroF1)}</td><td colspan="${answers.length}"></td></tr>`;
  const named = answers.map((name) => `<th><span>${escapeHtml(name)}</span></th>`).join('');
  return `<div class="wide"><table class="labels${labels.length > 6 ? ' turned' : ''}"><tr><th rowspan="2">${escapeHtml(words.target)}</th>${head.join('')}<th colspan="${answers.length}">${escapeHtml(words.answered)}</th></tr><tr>${named}</tr>${lines.join('')}${mean}</table></div>`;
}

function countCell(count: number, { rows, right }: { rows: number; right: boolean }): string {
  const ground = `color-mix(in srgb, var(--${right ? 'right' : 'wrong'}) ${Math.round(10 + (35 * count) / rows)}%, transparent)`;
  return count === 0 ? '<td></td>' : `<td class="count" style="background: ${ground}">${count}</td>`;
}

function share(value: number | null): string {
  return value === null ? '–' : `${(value * 100).toFixed(1)}&nbsp;%`;
}
