import type { FieldCounts, FieldResults } from '../../../src-contract/field-results.ts';

type Fields = FieldResults['fields'];

/** Counts, field by field, in how many rows targets have it, and what each model's answers have there. */
export class FieldTable {
  readonly #fields = new Map<string, Counted>();
  readonly #models: number;

  constructor(models: number) {
    this.#models = models;
  }

  /** A row's target has it. */
  expect(field: string): void {
    this.#countsOf(field).rows++;
  }

  count(field: string, model: number, outcome: keyof FieldCounts): void {
    const counts = this.#countsOf(field).models[model];
    if (counts) counts[outcome]++;
  }

  /** Those that most rows have, in the order of the targets, and how many others there are; what only answers have comes last. */
  most(): { readonly fields: Fields; readonly more: number } {
    const all = [...this.#fields.values()];
    const shown = new Set(all.toSorted((a, b) => b.rows - a.rows).slice(0, mostFields));
    return {
      fields: all.filter((each) => shown.has(each)).toSorted((a, b) => Number(a.rows === 0) - Number(b.rows === 0)),
      more: all.length - shown.size,
    };
  }

  #countsOf(field: string): Counted {
    const known = this.#fields.get(field) ?? { field, rows: 0, models: Array.from({ length: this.#models }, none) };
    this.#fields.set(field, known);
    return known;
  }
}

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
