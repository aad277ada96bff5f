import { type LabOptions, labOptionsSchema } from '../../src-contract/lab.ts';

/** Options that are typed as text, in the order in which they stand. */
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

/** What was typed as an option; undefined where it cannot be one. */
export function readOption(name: TypedOption, typed: string): Partial<LabOptions> | undefined {
  const words = typed.split(name === 'targetSets' ? /\s+/ : /[\s,]+/).filter(Boolean);
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
  return parsed.success ? { [name]: parsed.data } : undefined;
}
