import { z } from 'zod';
import { answerFormSchema } from './answer-form.ts';
import { csvOptionsSchema, fileSourceSchema } from './dataset.ts';
import { keptFailureSchema } from './kept-failure.ts';
import { columnMappingSchema, taskIdSchema } from './task.ts';

/** Rows of one table that a model can be asked to answer. */
export const mostTableRows = 100_000;

/** A table whose rows a base or an adapter is to answer. */
export const answerTableInputSchema = z.object({
  source: fileSourceSchema,
  csv: csvOptionsSchema.optional(),
  baseModelId: z.string(),
  /** Null for the base alone. */
  adapterId: z.string().nullable(),
  /** What the base alone is asked to do; an adapter does what it was trained for. */
  task: taskIdSchema.optional(),
  /** Which column holds which field of the context; those that are not named follow from the names of the columns. */
  mapping: columnMappingSchema.optional(),
  /** Only the first rows. */
  limit: z.number().int().positive().optional(),
  /** Longest answer in tokens; by default twice as long as most targets that the adapter was trained on. */
  maxTokens: z.number().int().positive().max(2048).optional(),
  /** Whether answers keep the form of the targets that the adapter was trained on, if they have one. */
  keepsForm: z.boolean().default(true),
  /** Whether other answers take the place of queries that cannot be run on the adapter's database. */
  retryQueries: z.boolean().default(false),
});
export type AnswerTableInput = z.infer<typeof answerTableInputSchema>;

export const answeredTableSchema = z.object({
  id: z.string(),
  /** Of the file. */
  name: z.string(),
  baseModelId: z.string(),
  baseName: z.string(),
  adapterId: z.string().nullable(),
  /** As it is called now, or was called when it was deleted. */
  adapterName: z.string().nullable(),
  task: taskIdSchema,
  columns: z.array(z.string()),
  mapping: columnMappingSchema,
  form: answerFormSchema.nullable(),
  /** Whether the schemas are those of the adapter's examples, as the table has no column for them. */
  hasKnownSchemas: z.boolean(),
  retryQueries: z.boolean(),
  maxTokens: z.number().int(),
  rows: z.number().int(),
  answered: z.number().int(),
  /** Spent on the answers so far. */
  seconds: z.number(),
  /** What the answers depend on. */
  baseSha256: z.string(),
  adapterSha256: z.string().nullable(),
  state: z.enum(['running', 'finished', 'stopped', 'failed', 'interrupted']),
  error: keptFailureSchema.nullable(),
  createdAt: z.number().int(),
});
export type AnsweredTable = z.infer<typeof answeredTableSchema>;

/**
 * What is to be known of an answer: the row has nothing to be answered, or names a database that is not known; its text
 * did not fit and was shortened, or the answer was cut at the longest; it took the place of a query that cannot be run,
 * or is one.
 */
export const answerNoteSchema = z.enum(['empty', 'unnamed', 'shortened', 'cut', 'replaced', 'unrunnable']);
export type AnswerNote = z.infer<typeof answerNoteSchema>;

export const answeredRowSchema = z.object({
  /** From 0, in the order of the file. */
  position: z.number().int(),
  cells: z.array(z.string()),
  /** Null until it is answered. */
  answer: z.string().nullable(),
  note: answerNoteSchema.nullable(),
  /** How probable its label was among all, or its labels all together, from 0 to 1; null where it has none. */
  certainty: z.number().nullable(),
});
export type AnsweredRow = z.infer<typeof answeredRowSchema>;

/** In characters: a longer answer is not counted, as it is no label. */
export const longestLabel = 60;

/** A page of the rows: all, or those with this answer, or this label in a list, or this note. */
export const answeredRowsInputSchema = z.object({
  id: z.string(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(1000),
  only: z
    .union([
      // Of answers that are objects, what one of their fields has.
      z.object({ answer: z.string().min(1).max(longestLabel), field: z.string().optional() }),
      z.object({ note: answerNoteSchema }),
    ])
    .optional(),
  /** `unsure`: those whose answers have labels, the least certain first. */
  order: z.enum(['file', 'unsure']).default('file'),
});
export type AnsweredRowsInput = z.infer<typeof answeredRowsInputSchema>;
export type RowOrder = AnsweredRowsInput['order'];
export type RowsOnly = NonNullable<AnsweredRowsInput['only']>;

/** As many different answers are counted one by one. */
export const mostCountedAnswers = 12;

export const answerCountsSchema = z.object({
  /**
   * The most frequent answers, or what one of their fields has, and in how many rows; long ones are no labels, and not
   * among them. Of answers that are lists, their labels.
   */
  answers: z.array(z.object({ answer: z.string(), rows: z.number().int() })),
  /** Rows with another answer. */
  others: z.number().int(),
  /** Rows with each note. */
  notes: z.record(answerNoteSchema, z.number().int()),
  /** Whether it is known of any answer how sure it is; not of lists and objects of earlier versions. */
  hasCertainty: z.boolean(),
});
export type AnswerCounts = z.infer<typeof answerCountsSchema>;

export const answeredTableEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('progress'),
    done: z.number().int(),
    total: z.number().int(),
    secondsLeft: z.number().nullable(),
  }),
  z.object({ kind: z.literal('finished'), table: answeredTableSchema }),
]);
export type AnsweredTableEvent = z.infer<typeof answeredTableEventSchema>;
