import type { LabCell, LabExperiment, LabPicture, LabTable, LabVerdict } from '../../../src-contract/lab.ts';
import type { Say } from '../words/say.ts';
import type { PlacedMap } from './heat-map.ts';

/** What a result says: the verdict on the paper's finding, the reason, and what is shown for it. */
export interface Finding {
  readonly verdict: LabVerdict;
  /** What the finding says; its verdict is put in front of it when it is shown. */
  readonly reading: string;
  readonly because: string;
  /** A few words for the card. */
  readonly short: string;
  /** From how many seeds the verdict is, where it compares what differs from seed to seed. */
  readonly seeds?: number | undefined;
  readonly explanation: readonly string[];
  readonly tables: readonly LabTable[];
  readonly pictures: readonly Picture[];
}

/** The sentences of a finding. */
export type Reading = Pick<Finding, 'verdict' | 'reading' | 'because' | 'short' | 'seeds'>;

export interface Picture extends Omit<LabPicture, 'maps'> {
  readonly maps?: readonly PlacedMap[];
}

/** What a finding is derived from. */
export interface Shown {
  readonly experiment: LabExperiment;
  readonly say: Say;
  /** How far a repeat is from the result that it repeats, as a share of the numbers; absent if that is gone. */
  readonly apart?: number | undefined;
  /** The layer whose maps are drawn, with its cells; undefined if only the words are wanted. */
  readonly maps?: { readonly layer: number; readonly cells: readonly LabCell[] } | undefined;
}

export const openFinding = (explanation: readonly string[], rest: Partial<Finding> = {}): Finding => ({
  ...{ verdict: 'open', reading: '', because: '', short: '', explanation, tables: [], pictures: [] },
  ...rest,
});

/** A number that a cell holds under a name; NaN if there is none. */
export function numberOf(cell: LabCell | undefined, name: string): number {
  const value = cell?.values[name] ?? cell?.timings[name];
  return typeof value === 'number' ? value : Number.NaN;
}

export function textOf(cell: LabCell, name: string): string {
  return String(cell.values[name] ?? '');
}
