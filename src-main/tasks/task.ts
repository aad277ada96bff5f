import type { TaskFields, TaskId, TaskInput } from '../../src-contract/task.ts';

/** What a task is: its fields, and how they become the text that the model reads. */
export interface Task {
  readonly id: TaskId;
  readonly fields: TaskFields;
  /**
   * Common names of a column for each field, the likeliest first, in English, Korean and German, folded by
   * `foldColumnName`. `group` is for the column to split by.
   */
  readonly columnNames: Readonly<Record<string, readonly string[]>>;
  /** The context: exactly the text read by the model before any chat template. Absent fields count as empty. */
  renderContext(input: TaskInput): string;
}
