import type { FieldResults } from '../../../src-contract/field-results.ts';
import { jsonFields } from '../../../src-contract/json-fields.ts';
import { type FoundJson, jsonIn } from '../../../src-contract/json-text.ts';
import { FieldTable, type Outcome } from './field-table.ts';
import { type ComparedField, compareFields } from './json-fields.ts';

/** The JSON in a row's target, and in the answer of each model to it. */
export interface JsonRow {
  readonly target: FoundJson | undefined;
  readonly answers: readonly (FoundJson | undefined)[];
}

/** Reading JSON takes longer than all that is made of it. */
export function jsonRow({
  target,
  answers,
}: {
  readonly target: string;
  readonly answers: readonly { readonly text: string }[];
}): JsonRow {
  return { target: jsonIn(target), answers: answers.map(({ text }) => jsonIn(text)) };
}

/**
 * Field by field, how often the answers of each model were wrong. Words around an answer's JSON are put off, and told.
 * Undefined unless most targets are JSON, as for the measure.
 */
export function fieldResults(rows: Iterable<JsonRow>, models: readonly string[]): FieldResults | undefined {
  const table = new FieldTable(models.length);
  const told = models.map((adapter) => ({ adapter, without: 0, around: 0 }));
  let [all, json] = [0, 0];
  for (const { target: wanted, answers } of rows) {
    // The measure looks at as many; the rest of a large evaluation need not be read.
    if (all === looked && json * 2 <= all) return undefined;
    all++;
    if (wanted?.alone !== true) continue;
    json++;
    const wantedFields = jsonFields(wanted.value);
    for (const path of wantedFields.keys()) table.expect(path);
    for (const [place, model] of told.entries()) {
      const found = answers[place];
      if (found === undefined) model.without++;
      else if (!found.alone) model.around++;
      for (const [path, field] of compareFields(found?.value, wanted.value, wantedFields))
        table.count(path, place, outcomeOf(field), field);
    }
  }
  return json * 2 <= all ? undefined : { kind: 'fields', rows: json, models: told, ...table.most() };
}

const looked = 200;

function outcomeOf({ found, wanted, shared, isSame }: ComparedField): Outcome {
  if (wanted === 0) return 'invented';
  if (found === 0) return 'missing';
  if (isSame) return 'right';
  return shared === found && shared === wanted ? 'reordered' : 'different';
}
