import { z } from 'zod';

export const taskIdSchema = z.enum(['summarisation', 'mrc', 'nl2sql', 'custom']);
export type TaskId = z.infer<typeof taskIdSchema>;

/** What a task's table must bring: the fields that make the context, and the one that is the target. */
export interface TaskFields {
  readonly context: readonly string[];
  readonly target: string;
}

/**
 * The fields of each task. A table with ready-made `context` and `target` columns can be used for every task
 * by mapping those two names instead.
 */
export const taskFields: Readonly<Record<TaskId, TaskFields>> = {
  summarisation: { context: ['document'], target: 'summary' },
  mrc: { context: ['passage', 'question'], target: 'answer' },
  nl2sql: { context: ['schema', 'question'], target: 'sql' },
  custom: { context: ['context'], target: 'target' },
};

/** From a field of the task (or `context`, `target`) to the column that holds it; `group`, `database` and `split` (an own column of splits) are optional extras. */
export const columnMappingSchema = z.record(z.string(), z.string());
export type ColumnMapping = z.infer<typeof columnMappingSchema>;

/** The values of a task's context fields, as a person typed them: passage and question, schema and question, document. */
export const taskInputSchema = z.record(z.string(), z.string());
export type TaskInput = z.infer<typeof taskInputSchema>;
