import type { TaskFields, TaskId, TaskInput } from '../../src-contract/task.ts';

/** The deciding metric of a task; names as in an evaluation's `metrics`. */
export type MainMetric = 'rougeL' | 'exactMatch' | 'executionAccuracy';

/** What a task is: its fields, how they become the text that the model reads, and how answers are judged. */
export interface Task {
  readonly id: TaskId;
  readonly fields: TaskFields;
  readonly mainMetric: MainMetric;
  /**
   * Common names of a column for each field, the likeliest first, in English, Korean and German, folded by
   * `foldColumnName`. `group` is for the column to split by.
   */
  readonly columnNames: Readonly<Record<string, readonly string[]>>;
  /** The context: exactly the text read by the model before any chat template. Absent fields count as empty. */
  renderContext(input: TaskInput): string;
}
