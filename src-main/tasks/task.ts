import type { TaskFields, TaskId, TaskInput } from '../../src-contract/task.ts';

/** The metric that decides for a task; names as in an evaluation's `metrics`. */
export type MainMetric = 'rougeL' | 'exactMatch' | 'executionAccuracy';

/** What a task is: its fields, how they become the text that the model reads, and how answers are judged. */
export interface Task {
  readonly id: TaskId;
  readonly fields: TaskFields;
  readonly mainMetric: MainMetric;
  /**
   * Names that a column for a field often has, the likeliest first, in English, Korean and German, folded by
   * `foldColumnName`. `group` names the column to split by.
   */
  readonly columnNames: Readonly<Record<string, readonly string[]>>;
  /** The context: exactly the text the model reads before its chat template, if it has one. Absent fields count as empty. */
  renderContext(input: TaskInput): string;
}
