import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import type { LabCell, LabFacts, LabKind, LabOptions } from '../../src-contract/lab.ts';
import type { ModelText } from '../base-models/model-text.ts';
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
  readonly text: ModelText;
  /** Null where the experiment needs no rows. */
  readonly data: LabData | null;
  /** The experiment's own folder, with its token files; gone once it has finished. */
  readonly folder: string;
  /** Where trained cells are kept, each under the hash of all that it depends on. */
  readonly cellsFolder: string;
  /** True where nothing trained before may be taken over. */
  readonly fresh: boolean;
  /** Parts that an earlier sitting finished. */
  readonly done: ReadonlyMap<string, LabCell>;
  /** An adapter of the studio, where one was chosen. */
  readonly adapter: Adapter | null;
}

export interface LabData {
  readonly dataset: Dataset;
  readonly judge: Judge;
  /**
   * Up to `count` rows of a split, spread evenly over it: one by one, or in flocks of neighbours, which in most tables are
   * questions on one passage or schema.
   */
  rows(split: 'train' | 'validation' | 'test', count: number, flock?: number): Example[];
}

/** What an experiment tells while it works: how far a part is, or that it is finished. */
export type LabTelling =
  | {
      readonly kind: 'at';
      /** The key of the part. */
      readonly part: string;
      /** What is being done for it, in its own count. */
      readonly now: string;
      readonly step: number;
      readonly steps: number;
      /** How many parts are being done at once, this one included; absent is one. */
      readonly together?: number;
      /** How much of the part is over, from 0 to 1, where more belongs to it than what is being done now. */
      readonly share?: number;
    }
  | { readonly kind: 'cell'; readonly cell: LabCell };

/** One experiment of the paper. */
export interface Experiment {
  readonly needsDataset: boolean;
  /** The options that it listens to. */
  readonly uses: readonly (keyof LabOptions)[];
  /** Where it looks at no more than the first of a list: what it then works with, and tells of. */
  settle?(options: LabOptions): LabOptions;
  /** Keys of all parts, in order. */
  keys(options: LabOptions, model: ModelFacts, adapter: Pick<Adapter, 'rank' | 'targets'> | null): string[];
  /** Does the parts that are not done yet. Ends early, without a throw, when the signal aborts. */
  run(work: LabWork, signal: AbortSignal): AsyncGenerator<LabTelling>;
}

/** As many of each list as are looked at: a result must name no seed and no rank that it did not use. */
export function firstOf(options: LabOptions, counts: Partial<Record<'seeds' | 'ranks', number>>): LabOptions {
  const { seeds, ranks } = options;
  return { ...options, seeds: seeds.slice(0, counts.seeds), ranks: ranks.slice(0, counts.ranks) };
}

/** A matrix by the letters that the paper's tables use: `q,v`. */
export function setName(targets: readonly string[]): string {
  return targets.join(',');
}
