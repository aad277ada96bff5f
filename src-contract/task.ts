import { z } from 'zod';

export const taskIdSchema = z.enum(['summarisation', 'mrc', 'nl2sql', 'conversation', 'custom']);
export type TaskId = z.infer<typeof taskIdSchema>;

/** What a task's table must contain: the fields that make up the context, and the one that is the target. */
export interface TaskFields {
  readonly context: readonly string[];
  readonly target: string;
}

/**
 * The fields of each task. A table with ready-made `context` and `target` columns works for any task: those two are
 * mapped instead.
 */
export const taskFields: Readonly<Record<TaskId, TaskFields>> = {
  summarisation: { context: ['document'], target: 'summary' },
  mrc: { context: ['passage', 'question'], target: 'answer' },
  nl2sql: { context: ['schema', 'question'], target: 'sql' },
  conversation: { context: ['context'], target: 'target' },
  custom: { context: ['context'], target: 'target' },
};

/**
 * Maps a field of the task (or `context`, `target`) to the column that holds it; `group`, `database` and `split` (the
 * table's own split column) are optional, as are the further columns of a context or a target (`column-groups.ts`).
 */
export const columnMappingSchema = z.record(z.string(), z.string());
export type ColumnMapping = z.infer<typeof columnMappingSchema>;

/** Whether the rows have no schema of their own, so that it is written from their databases. */
export function lacksSchema(task: TaskId, { context, schema }: ColumnMapping): boolean {
  return task === 'nl2sql' && context === undefined && schema === undefined;
}

/** The values of a task's context fields as typed by a person: passage and question, schema and question, document. */
export const taskInputSchema = z.record(z.string(), z.string());
export type TaskInput = z.infer<typeof taskInputSchema>;
