import type { FieldCounts, FieldResults } from '../../../src-contract/field-results.ts';
import { jsonIn } from '../../../src-contract/json-text.ts';
import { jsonFields } from './json-fields.ts';

/** A row's target, and the answers of each model to it. */
interface AnsweredRow {
  readonly target: string;
  readonly answers: readonly { readonly text: string }[];
}

/**
 * Field by field, how often the answers of each model were wrong. Words around an answer's JSON are put off, and told.
 * Undefined unless most targets are JSON, as for the measure.
 */
export function fieldResults(rows: Iterable<AnsweredRow>, models: readonly string[]): FieldResults | undefined {
  const fields = new Map<string, Counted>();
  const told = models.map((adapter) => ({ adapter, without: 0, around: 0 }));
  const countsOf = (path: string) => {
    const known = fields.get(path) ?? { field: path, rows: 0, models: models.map(none) };
    fields.set(path, known);
    return known;
  };
  let [all, json] = [0, 0];
  for (const { target, answers } of rows) {
    // The measure looks at as many; the rest of a large evaluation need not be read.
    if (all === looked && json * 2 <= all) return undefined;
    all++;
    const wanted = jsonIn(target);
    if (wanted?.alone !== true) continue;
    json++;
    const wantedFields = jsonFields(wanted.value);
    for (const path of wantedFields.keys()) countsOf(path).rows++;
    for (const [place, model] of told.entries()) {
      const found = jsonIn(answers[place]?.text ?? '');
      if (found === undefined) model.without++;
      else if (!found.alone) model.around++;
      const foundFields = found === undefined ? new Map<string, string[]>() : jsonFields(found.value);
      for (const path of new Set([...wantedFields.keys(), ...foundFields.keys()])) {
        const counts = countsOf(path).models[place];
        if (counts) counts[outcomeOf(foundFields.get(path), wantedFields.get(path))]++;
      }
    }
  }
  if (json * 2 <= all) return undefined;
  const shown = new Set(
    [...fields.values()]
      .toSorted((a, b) => b.rows - a.rows)
      .slice(0, mostFields)
      .map(({ field }) => field),
  );
  return {
    ...{ rows: json, models: told, more: fields.size - shown.size },
    fields: [...fields.values()]
      .filter(({ field }) => shown.has(field))
      .toSorted((a, b) => Number(a.rows === 0) - Number(b.rows === 0)),
  };
}

const looked = 200;
/** Where keys are data, each row has others. */
const mostFields = 200;

interface Counted {
  readonly field: string;
  rows: number;
  readonly models: Record<keyof FieldCounts, number>[];
}

function none(): FieldCounts {
  return { right: 0, missing: 0, different: 0, invented: 0 };
}

function outcomeOf(found: readonly string[] | undefined, wanted: readonly string[] | undefined): keyof FieldCounts {
  if (wanted === undefined) return 'invented';
  if (found === undefined) return 'missing';
  return found.length === wanted.length && found.every((value, place) => value === wanted[place])
    ? 'right'
    : 'different';
}
