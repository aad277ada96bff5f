import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import type { LabCard, LabCell, LabFacts, LabKind, LabOptions } from '../../src-contract/lab.ts';
import type { BaseText } from '../base-models/base-text.ts';
import type { Engine, ModelFacts } from '../engine/engine.ts';
import type { Judge } from '../tasks/judge.ts';

/** What an experiment is given to work with. */
export interface LabWork {
  readonly id: string;
  readonly kind: LabKind;
  readonly options: LabOptions;
  readonly facts: LabFacts;
  readonly base: BaseModel;
  readonly model: ModelFacts;
  readonly engine: Engine;
  readonly text: BaseText;
  /** Null if the experiment needs no rows. */
  readonly data: LabData | null;
  /** The experiment's own folder, with its token files; removed once it has finished. */
  readonly folder: string;
  /** Where trained cells are stored, each under the hash of everything it depends on. */
  readonly cellsFolder: string;
  /** True if nothing trained before may be reused. */
  readonly fresh: boolean;
  /** Parts finished before an interruption. */
  readonly done: ReadonlyMap<string, LabCell>;
  /** An adapter of the studio, if one was chosen. */
  readonly adapter: Adapter | null;
}

export interface LabData {
  readonly dataset: Dataset;
  readonly judge: Judge;
  /**
   * Up to `count` rows of a split, spread evenly over it: one by one, or in flocks of neighbours, which in most tables
   * are questions on the same passage or schema.
   */
  rows(split: 'train' | 'validation' | 'test', count: number, flock?: number): Example[];
}

/** What an experiment reports: the progress of a part, or its result. */
export type LabTelling =
  | {
      readonly kind: 'at';
      /** The key of the part. */
      readonly part: string;
      /** What is being done for it, in units of its own. */
      readonly now: string;
      readonly step: number;
      readonly steps: number;
      /** How many parts are under way at once, this one included; one if absent. */
      readonly together?: number;
      /** How much of the part is done, from 0 to 1, if it involves more than the current work. */
      readonly share?: number;
    }
  | { readonly kind: 'cell'; readonly cell: LabCell };

/** One experiment of the paper. */
export interface Experiment {
  readonly needsDataset: boolean;
  /** The options that affect it. */
  readonly uses: readonly (keyof LabOptions)[];
  /** How many of a list it takes, if not any number. */
  readonly takes?: LabCard['takes'];
  /** Keys of all parts, in order. */
  keys(options: LabOptions, model: ModelFacts, adapter: Pick<Adapter, 'rank' | 'targets'> | null): string[];
  /** Does the parts that are not done yet. Returns early, without throwing, when the signal aborts. */
  run(work: LabWork, signal: AbortSignal): AsyncGenerator<LabTelling>;
}

/** A set of matrices in the letters of the paper's tables: `q,v`. */
export function setName(targets: readonly string[]): string {
  return targets.join(',');
}
