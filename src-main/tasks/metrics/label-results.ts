import type { LabelResult, LabelResults } from '../../../src-contract/label-results.ts';
import type { AnswerLanguage } from '../../../src-contract/language.ts';
import { labelsOf } from './labels.ts';

/**
 * What was answered in place of what, and for each label its precision, recall and F1, as scikit-learn defines them for
 * the labels of the targets: an answer that is none of them is a missing one of its row's label. Undefined if the
 * targets are no labels.
 */
export function labelResults(
  rows: readonly { readonly target: string; readonly answers: readonly { readonly text: string }[] }[],
  language: AnswerLanguage,
): LabelResults | undefined {
  const labels = labelsOf(
    // A field may be blank, or not there.
    rows.map(({ target }) => target).filter((target) => target.trim() !== ''),
    language,
  );
  if (labels === undefined) return undefined;
  const { names, placeOf } = labels;
  const none = names.length;
  const targets = rows.map(({ target }) => placeOf(target) ?? none);
  const answers = (rows[0]?.answers ?? []).map((_, result) =>
    rows.map(({ answers }) => placeOf(answers[result]?.text ?? '') ?? none),
  );
  return {
    field: null,
    labels: names.map((label, place) => ({ label, rows: targets.filter((target) => target === place).length })),
    results: answers.map((answered) => resultOf(confusionOf(targets, answered, none))),
    rows: { targets, answers },
  };
}

function confusionOf(targets: readonly number[], answered: readonly number[], labels: number): number[][] {
  const counts = Array.from({ length: labels }, () => new Array<number>(labels + 1).fill(0));
  for (const [row, target] of targets.entries()) {
    const line = counts[target];
    const answer = answered[row] ?? labels;
    if (line !== undefined) line[answer] = (line[answer] ?? 0) + 1;
  }
  return counts;
}

function resultOf(confusion: number[][]): LabelResult {
  const labels = confusion.map((counts, place) => {
    const right = counts[place] ?? 0;
    const rows = sum(counts);
    const answers = sum(confusion.map((line) => line[place] ?? 0));
    return {
      recall: right / rows,
      precision: answers === 0 ? null : right / answers,
      f1: (2 * right) / (rows + answers),
    };
  });
  return {
    ...{ labels, confusion },
    macroF1: mean(labels.map(({ f1 }) => f1)),
    balancedAccuracy: mean(labels.map(({ recall }) => recall)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
