import type { CarriedError } from '../../src-contract/carried-error.ts';
import type { RowFilter, RowKinAnswer, RowsAnswer } from '../../src-contract/dataset.ts';
import type { FindingReport } from '../../src-contract/finding.ts';
import type { TaskId } from '../../src-contract/task.ts';
import type { FlaggedRow } from './findings/detector.ts';

// What the main loop and a rows thread say to each other. Everything here is plain data.

/** Where the rows of a dataset lie, and what was worked out from them. */
export interface RowsPlace {
  readonly id: string;
  readonly rowsFile: string;
  readonly derivedFile: string;
}

/** What a thread can be asked. Each kind names its question and its answer; the last two tell of their progress. */
export interface RowsThreadCalls {
  /** A stretch of the rows that a filter leaves. */
  page: {
    ask: RowsPlace & { version: number; filter: RowFilter; offset: number; limit: number };
    answer: Omit<RowsAnswer, 'version'>;
    event: never;
  };
  /** What a new row with this context belongs with. */
  kin: { ask: RowsPlace & { version: number; context: string }; answer: Omit<RowKinAnswer, 'version'>; event: never };
  /** Brings the word index up to the newest row. */
  index: { ask: RowsPlace; answer: { rows: number }; event: { done: number; total: number } };
  /** Looks at all rows of a version for what would hurt a training; keeps the finds. */
  check: {
    /** `more` was found elsewhere, and is kept with the rest. */
    ask: RowsPlace & {
      version: number;
      task: TaskId;
      more: { flagged: readonly FlaggedRow[]; limits: FindingReport['limits'] };
    };
    answer: FindingReport;
    event: { done: number };
  };
  /** Closes the files of a dataset that is going to be removed. */
  letGo: { ask: RowsPlace; answer: null; event: never };
}

export type RowsThreadKind = keyof RowsThreadCalls;

export type ToRowsThread =
  | { readonly id: number; readonly kind: RowsThreadKind; readonly ask: RowsThreadCalls[RowsThreadKind]['ask'] }
  | { readonly id: number; readonly kind: 'abort' };

export type FromRowsThread =
  | { readonly id: number; readonly kind: 'answer'; readonly answer: unknown }
  | { readonly id: number; readonly kind: 'event'; readonly event: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly error: CarriedError };
