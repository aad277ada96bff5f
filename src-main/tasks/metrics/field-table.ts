import type { FieldCounts, FieldResults } from '../../../src-contract/field-results.ts';

type Fields = FieldResults['fields'];

/** What an answer has in a field, or that it has it, beside its target. */
export type Outcome = Exclude<keyof FieldCounts, 'f1'>;

/** How many values the answer has there, how many the target, and how many both. */
export interface ValueCounts {
  readonly found: number;
  readonly wanted: number;
  readonly shared: number;
}

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

  count(field: string, model: number, outcome: Outcome, { found, wanted, shared }: ValueCounts): void {
    const counts = this.#countsOf(field).models[model];
    if (counts === undefined) return;
    counts[outcome]++;
    counts.shared += shared;
    counts.all += found + wanted;
  }

  /** Those that most rows have, in the order of the targets, and how many others there are; what only answers have comes last. */
  most(): { readonly fields: Fields; readonly more: number } {
    const all = [...this.#fields.values()];
    const shown = new Set(all.toSorted((a, b) => b.rows - a.rows).slice(0, mostFields));
    const fields = all
      .filter((each) => shown.has(each))
      .toSorted((a, b) => Number(a.rows === 0) - Number(b.rows === 0))
      .map(({ models, ...field }) => ({ ...field, models: models.map(withF1) }));
    return { fields, more: all.length - shown.size };
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
  readonly models: Counts[];
}

type Counts = Record<Outcome | 'shared' | 'all', number>;

function none(): Counts {
  return { right: 0, reordered: 0, missing: 0, different: 0, invented: 0, shared: 0, all: 0 };
}

function withF1({ shared, all, ...counts }: Counts): FieldCounts {
  return { ...counts, f1: all === 0 ? null : (2 * shared) / all };
}
