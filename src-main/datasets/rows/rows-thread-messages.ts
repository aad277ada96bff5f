import type { RowFilter, RowKinAnswer, RowsAnswer } from '../../../src-contract/dataset.ts';
import type { FindingReport } from '../../../src-contract/finding.ts';
import type { TaskId } from '../../../src-contract/task.ts';
import type { FlaggedRow } from '../findings/detector.ts';

// Messages between the main thread and a rows thread. Everything here is plain data.

/** Where the rows of a dataset and the data derived from them are stored. */
export interface RowsPlace {
  readonly id: string;
  readonly rowsFile: string;
  readonly derivedFile: string;
}

/** The requests that a thread accepts, each with its answer; `index` and `check` also report progress. */
export interface RowsThreadCalls {
  /** A page of the rows that match a filter. */
  page: {
    ask: RowsPlace & { version: number; filter: RowFilter; offset: number; limit: number };
    answer: Omit<RowsAnswer, 'version'>;
    event: never;
  };
  /** What a new row with this context belongs with. */
  kin: { ask: RowsPlace & { version: number; context: string }; answer: Omit<RowKinAnswer, 'version'>; event: never };
  /** Brings the word index up to the newest row. */
  index: { ask: RowsPlace; answer: { rows: number }; event: { done: number; total: number } };
  /** Checks all rows of a version for anything that would hurt training, and stores the findings. */
  check: {
    /** `more` was found elsewhere and is stored with the rest. */
    ask: RowsPlace & {
      version: number;
      task: TaskId;
      more: { flagged: readonly FlaggedRow[]; limits: FindingReport['limits'] };
    };
    answer: FindingReport;
    event: { done: number };
  };
  /** Closes the files of a dataset that is about to be removed. */
  letGo: { ask: RowsPlace; answer: null; event: never };
}

export type RowsThreadKind = keyof RowsThreadCalls;

export type ToRowsThread =
  | { readonly id: number; readonly kind: RowsThreadKind; readonly ask: RowsThreadCalls[RowsThreadKind]['ask'] }
  | { readonly id: number; readonly kind: 'abort' };
