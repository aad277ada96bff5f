import { z } from 'zod';
import { targetSchema } from '../../src-contract/adapter.ts';
import { type LabOptions, labOptionsSchema } from '../../src-contract/lab.ts';

/** Options typed as text, in display order. */
export const typedOptions = [
  'steps',
  'batchSize',
  'seeds',
  'ranks',
  'targetSets',
  'budgetRank',
  'learningRate',
  'alpha',
  'maxLength',
  'validationRows',
  'metricRows',
  'trials',
  'passes',
  'bottlenecks',
] as const;
export type TypedOption = (typeof typedOptions)[number];

/** An option as a person reads and types it: `0, 1, 2`, `q q,v`, `8x128`. */
export function shownOption(name: TypedOption, options: LabOptions): string {
  if (name === 'targetSets') return options.targetSets.map((set) => set.join(',')).join(' ');
  if (name === 'passes') return options.passes.map(({ rows, tokens }) => `${rows}x${tokens}`).join(', ');
  const value = options[name];
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Parses what was typed as an option; undefined if it is invalid. `takes` is how many the experiment takes of a list. */
export function readOption(name: TypedOption, typed: string, takes?: number): Partial<LabOptions> | undefined {
  const isSets = name === 'targetSets';
  // A comma joins the matrices of a set, with or without a space beside it.
  const words = (isSets ? typed.replace(/\s*,\s*/g, ',').split(/\s+/) : typed.split(/[\s,]+/)).filter(Boolean);
  const value = () => {
    switch (name) {
      case 'targetSets':
        return words.map((word) => word.split(',').filter(Boolean));
      case 'passes':
        return words.map((word) => {
          const [rows, tokens] = word.split(/[x×]/).map(Number);
          return { rows, tokens };
        });
      case 'seeds':
      case 'ranks':
      case 'bottlenecks':
        return words.map(Number);
      default:
        return typed.trim() === '' ? undefined : Number(typed);
    }
  };
  const parsed = labOptionsSchema.shape[name].safeParse(value());
  if (!parsed.success) return undefined;
  const { data } = parsed;
  return Array.isArray(data) && data.length !== (takes ?? data.length) ? undefined : { [name]: data };
}

export type WantedOption =
  | { readonly kind: 'whole' | 'wholes' | 'number'; readonly low: number; readonly high: number }
  | { readonly kind: 'some'; readonly takes: number; readonly low: number; readonly high: number }
  | { readonly kind: 'sets'; readonly names: string }
  | { readonly kind: 'passes'; readonly rows: number; readonly tokens: number };

/** What an option must look like, shown for invalid input. `takes` is as for `readOption`. */
export function wantedOption(name: TypedOption, takes?: number): WantedOption {
  const { shape } = labOptionsSchema;
  if (name === 'targetSets') return { kind: 'sets', names: targetSchema.options.join(', ') };
  if (name === 'passes') {
    const { rows, tokens } = shape.passes.element.shape;
    return { kind: 'passes', rows: rows.maxValue ?? 0, tokens: tokens.maxValue ?? 0 };
  }
  const schema = shape[name];
  const isList = schema instanceof z.ZodArray;
  const one = isList ? schema.element : schema;
  const range = { low: one.minValue ?? 0, high: one.maxValue ?? 0 };
  if (takes !== undefined && takes > 1) return { kind: 'some', takes, ...range };
  return { kind: isList && takes === undefined ? 'wholes' : one.isInt ? 'whole' : 'number', ...range };
}
