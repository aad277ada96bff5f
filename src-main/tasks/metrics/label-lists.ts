import type { FieldResults } from '../../../src-contract/field-results.ts';
import type { AnswerLanguage } from '../../../src-contract/language.ts';
import { partsOf, separatorIn } from '../label-lists.ts';
import { FieldTable } from './field-table.ts';
import { labelKeys } from './labels.ts';

/** Reads lists of labels, whose order says nothing. */
export interface LabelLists {
  /** The labels of a list: by the keys that are the same for the same label, as it is written there. */
  labelsIn(text: string): ReadonlyMap<string, string>;
}

/** Lists are parted as most targets are. Labels are read as for an exact match, unless that would take some for the same. */
export function labelListsOf(targets: readonly string[], language: AnswerLanguage): LabelLists {
  const separator = separatorIn(targets);
  const all = new Set(targets.flatMap((target) => partsOf(target, separator)));
  const keyOf = labelKeys([...all], language);
  return { labelsIn: (text) => new Map(partsOf(text, separator).map((label) => [keyOf(label), label])) };
}

/**
 * Measures of an answer whose target is a list of labels. `labelsMatch`: 1 if both have the same ones; `labelsF1`: the
 * harmonic mean of precision and recall over them, from 0 to 1. Means over rows are scikit-learn's `accuracy_score` and
 * `f1_score` with `average="samples"`.
 */
export function labelListMeasures(
  answer: string,
  target: string,
  { labelsIn }: LabelLists,
): Readonly<Record<'labelsMatch' | 'labelsF1', number>> {
  const [found, wanted] = [labelsIn(answer), labelsIn(target)];
  const shared = found.keys().filter((key) => wanted.has(key));
  const f1 = (2 * [...shared].length) / (found.size + wanted.size || 1);
  return { labelsMatch: f1 === 1 ? 1 : 0, labelsF1: f1 };
}

/** Label by label, how often each model left it out of a list, or gave it without a reason; `labels`: what all rows may have. */
export function labelListResults(
  rows: readonly { readonly target: string; readonly answers: readonly { readonly text: string }[] }[],
  models: readonly string[],
  known: { readonly language: AnswerLanguage; readonly labels: readonly string[] },
): FieldResults {
  const targets = rows.map(({ target }) => target);
  const { labelsIn } = labelListsOf([...targets, ...known.labels], known.language);
  const names = new Map<string, string>();
  const table = new FieldTable(models.length);
  for (const { target, answers } of rows) {
    const wanted = labelsIn(target);
    for (const [key, name] of wanted) {
      if (!names.has(key)) names.set(key, name);
      table.expect(key);
    }
    for (const place of models.keys()) {
      const found = labelsIn(answers[place]?.text ?? '');
      for (const [key, name] of found) {
        if (!names.has(key)) names.set(key, name);
        const outcome = wanted.has(key) ? 'right' : 'invented';
        table.count(key, place, outcome, single[outcome]);
      }
      for (const key of wanted.keys()) if (!found.has(key)) table.count(key, place, 'missing', single.missing);
    }
  }
  const { fields, more } = table.most();
  return {
    ...{ kind: 'labels', rows: rows.length, more },
    models: models.map((adapter) => ({ adapter, without: 0, around: 0 })),
    fields: fields.map((each) => ({ ...each, field: names.get(each.field) ?? each.field })),
  };
}

/** A label is its own single value. */
const single = {
  right: { found: 1, wanted: 1, shared: 1 },
  missing: { found: 0, wanted: 1, shared: 0 },
  invented: { found: 1, wanted: 0, shared: 0 },
};
