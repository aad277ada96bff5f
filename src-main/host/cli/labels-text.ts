import type { Evaluation } from '../../../src-contract/evaluation.ts';
import type { LabelResults } from '../../../src-contract/label-results.ts';
import { mixUpText } from '../../../src-contract/label-words.ts';
import { verdictOf } from '../../../src-contract/verdict.ts';
import { oneLine, textTable } from './text-table.ts';

/** The best result label by label, and of every result what it mixes up most. */
export function labelsText(evaluation: Evaluation, labels: LabelResults): string {
  const verdict = verdictOf(evaluation);
  const best = verdict === undefined ? -1 : evaluation.results.indexOf(verdict.best);
  const result = labels.results[best];
  if (result === undefined) return '';
  const table = textTable([
    [
      [evaluation.results[best]?.adapter, labels.field, 'label by label'].filter(Boolean).join(', '),
      'n',
      'right',
      'precision',
      'F1',
      'most often instead',
    ],
    ...labels.labels.map(({ label, rows }, target) => {
      const { recall, precision, f1 } = result.labels[target] ?? {};
      const shares = [recall, precision, f1].map((share) => share?.toFixed(3) ?? '–');
      return [oneLine(label, 40), String(rows), ...shares, instead(labels, best, target)];
    }),
  ]);
  const told = evaluation.results.map(({ adapter }, place) => `${adapter}: ${mixUpText(labels, place, 'en')}`);
  return [table, ...told].join('\n');
}

/** The same for programs: of the targets, or of those of their fields that are labels. */
export function labelsJson(all: readonly LabelResults[]): object {
  const [first, ...others] = all.map(({ rows: _, ...told }) => told);
  if (first === undefined) return {};
  return first.field === null ? { labels: first } : { fieldLabels: [first, ...others] };
}

/** The most frequent wrong answer to the rows of a label, and its count. */
function instead({ labels, results }: LabelResults, place: number, target: number): string {
  const counts = results[place]?.confusion[target] ?? [];
  const wrong = counts.map((count, answer) => (answer === target ? 0 : count));
  const most = Math.max(...wrong);
  if (most === 0) return '–';
  const label = labels[wrong.indexOf(most)]?.label;
  return `${label === undefined ? 'none of the labels' : oneLine(label, 40)}, ${most}`;
}
