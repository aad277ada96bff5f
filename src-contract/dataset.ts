import { z } from 'zod';
import { fileReasonSchema } from './file-reason.ts';
import { nameSchema } from './name.ts';
import { rowVerdictDataSchema } from './row-verdict.ts';
import { columnMappingSchema, taskIdSchema } from './task.ts';

/** Where a file comes from: uploaded in pieces by a page, named by path (command line and desktop only), or shipped with the studio. */
export const fileSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upload'), fileId: z.string() }),
  z.object({ kind: z.literal('path'), path: z.string() }),
  z.object({ kind: z.literal('sample'), name: z.string() }),
]);
export type FileSource = z.infer<typeof fileSourceSchema>;

export const tableFormatSchema = z.enum(['csv', 'json', 'jsonl', 'xlsx', 'parquet', 'folder', 'zip']);
export type TableFormat = z.infer<typeof tableFormatSchema>;

/** How a file is to be read; what is left out is found by evidence. */
export const csvOptionsSchema = z.object({
  /** Whether a text is a table, or JSON. */
  format: z.enum(['csv', 'json', 'jsonl']).optional(),
  /** Of a workbook: its name, or its number from 1. */
  sheet: z.string().max(200).optional(),
  /** One sign or a few, such as `||`. */
  delimiter: z.string().min(1).max(8).optional(),
  /** One sign; empty where no cell is in quotes. */
  quote: z.string().max(1).optional(),
  /** How a quote within a cell is written: twice, or behind a backslash. */
  escape: z.enum(['doubled', '\\']).optional(),
  encoding: z.string().optional(),
  header: z.boolean().optional(),
  /** How many rows name the columns, where they have names. */
  headerRows: z.number().int().min(1).max(10).optional(),
  /** Lines above the table that are no part of it. */
  skipLines: z.number().int().min(0).max(100_000).optional(),
});
export type CsvOptions = z.infer<typeof csvOptionsSchema>;

export const fileFactsSchema = z.object({
  name: z.string(),
  format: tableFormatSchema,
  encoding: z.string(),
  /** Empty, like `quote` and `escape`, for what is no table of text. */
  delimiter: z.string(),
  quote: z.string(),
  escape: z.string(),
  header: z.boolean(),
  /** How many rows name the columns; of a table of text or a sheet. */
  headerRows: z.number().int().optional(),
  skippedLines: z.number().int(),
  /** Data rows, the header not counted. */
  rows: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
  /** The sheet that was read, and all there are; of a workbook. */
  sheet: z.string().optional(),
  sheets: z.array(z.string()).optional(),
  /** The tables that were read; of a folder or an archive. */
  files: z.array(z.string()).optional(),
  /** Why the file is read as it is. */
  reasons: z.array(fileReasonSchema),
});
export type FileFacts = z.infer<typeof fileFactsSchema>;

/** `role` is the proposed field of the proposed task, `group`, `database`, or `''` for none. */
export const columnSchema = z.object({ name: z.string(), role: z.string() });
export type Column = z.infer<typeof columnSchema>;

export const inspectionSchema = z.object({
  file: fileFactsSchema,
  columns: z.array(columnSchema),
  /** The first rows as read, header not included. */
  sample: z.array(z.array(z.string())),
  /** The lines of the file on which those rows start. */
  sampleLines: z.array(z.number().int()),
  /** True when only the beginning was read, and `rows` is worked out from it. */
  isEstimate: z.boolean(),
  proposedTask: taskIdSchema,
  /** The proposed mapping for every task; a field without a likely column is absent. */
  mappings: z.record(taskIdSchema, columnMappingSchema),
  /** All raw records, header row first where there is one; only when asked for. */
  cells: z.array(z.array(z.string())).optional(),
});
export type Inspection = z.infer<typeof inspectionSchema>;

export const splitSchema = z.enum(['train', 'validation', 'test']);
export type Split = z.infer<typeof splitSchema>;

export const splitCountsSchema = z.object({
  train: z.number().int(),
  validation: z.number().int(),
  test: z.number().int(),
});

/** An import that ended with the studio in its middle, and was undone. */
export const cutOffImportSchema = z.object({
  id: z.string(),
  /** Of the file. */
  sourceName: z.string(),
  /** When it began. */
  at: z.number().int(),
});
export type CutOffImport = z.infer<typeof cutOffImportSchema>;

export const datasetSchema = z.object({
  id: z.string(),
  name: z.string(),
  task: taskIdSchema,
  version: z.number().int(),
  rows: z.number().int(),
  splits: splitCountsSchema,
  rejected: z.number().int(),
  /** Hash over all rows in order (context, target, group, split) of the newest version; what a run pins. */
  sha256: z.string(),
  sourceName: z.string(),
  mapping: columnMappingSchema,
  /** True when queries can be executed: a database is attached. */
  hasDatabase: z.boolean(),
  createdAt: z.number().int(),
});
export type Dataset = z.infer<typeof datasetSchema>;

/** A dataset after a change of its rows. */
export const changedDatasetSchema = datasetSchema.extend({
  /** The version that this change made; null where the rows stayed as they were. Others may have followed it. */
  made: z.number().int().nullable(),
});
export type ChangedDataset = z.infer<typeof changedDatasetSchema>;

export const rejectionSchema = z.object({
  line: z.number().int(),
  code: z.string(),
  /** What the code's sentence speaks of: a column, counts; `part` is the file within a folder or an archive. */
  data: rowVerdictDataSchema,
  /** The verdict in English. */
  message: z.string(),
  cells: z.array(z.string()),
});
export type Rejection = z.infer<typeof rejectionSchema>;

/** As it stands in a list. `isCut`: of cells too long to be shown only the beginning is in it; the reject file has them whole. */
export const listedRejectionSchema = rejectionSchema.extend({ isCut: z.boolean() });
export type ListedRejection = z.infer<typeof listedRejectionSchema>;

export const rejectedSchema = z.object({
  count: z.number().int(),
  /** The file with the rejected rows and their reasons, absent when there are none. */
  file: z.string().optional(),
  reasons: z.record(z.string(), z.number().int()),
});

/** Rows that were taken, but have something to look at. */
export const warnedSchema = z.object({ count: z.number().int(), reasons: z.record(z.string(), z.number().int()) });

/** What became of the rows of a file that were added to a dataset; those that could not be used are not kept. */
export const addedRowsSchema = z.object({
  dataset: changedDatasetSchema,
  added: z.number().int(),
  rejected: rejectedSchema.omit({ file: true }),
});
export type AddedRows = z.infer<typeof addedRowsSchema>;

/** What the rows of a file would come to under a mapping. */
export const rowJudgementSchema = z.object({
  rows: z.number().int(),
  taken: z.number().int(),
  rejected: rejectedSchema.omit({ file: true }),
  warned: warnedSchema,
  /** True when only the beginning of a large file was judged. */
  isPart: z.boolean(),
  /** The first rows that would be left out, their cells cut short. */
  examples: z.array(rejectionSchema),
});
export type RowJudgement = z.infer<typeof rowJudgementSchema>;

export const importInputSchema = z.object({
  source: fileSourceSchema,
  task: taskIdSchema,
  name: nameSchema.optional(),
  /** Fields left out are taken from the proposed mapping. */
  mapping: columnMappingSchema.optional(),
  csv: csvOptionsSchema.optional(),
  /** One SQLite file, or a folder of them named `<database>.sqlite` after the mapped `database` (or group) column. */
  database: fileSourceSchema.optional(),
  seed: z.number().int().optional(),
});
export type ImportInput = z.infer<typeof importInputSchema>;

export const importEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), datasetId: z.string(), bytesTotal: z.number().int() }),
  z.object({
    kind: z.literal('progress'),
    bytesRead: z.number().int(),
    bytesTotal: z.number().int(),
    taken: z.number().int(),
    rejected: z.number().int(),
    secondsLeft: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('finished'),
    dataset: datasetSchema,
    file: fileFactsSchema,
    rejected: rejectedSchema,
    warned: warnedSchema,
    seconds: z.number(),
  }),
]);
export type ImportEvent = z.infer<typeof importEventSchema>;

export const exampleSchema = z.object({
  id: z.string(),
  /** Place in the dataset, from 0. */
  position: z.number().int(),
  /** Line of the source file on which the row starts, from 1. */
  line: z.number().int(),
  split: splitSchema,
  context: z.string(),
  target: z.string(),
  group: z.string().nullable(),
  database: z.string().nullable(),
  /** Why the row was taken with a warning: codes, separated by blanks; null for most rows. */
  warning: z.string().nullable(),
});
export type Example = z.infer<typeof exampleSchema>;

/** Bounds of a number, both included. */
export const boundsSchema = z.object({ min: z.number().min(0).optional(), max: z.number().min(0).optional() });

/** Which rows are wanted. `verdict`: `ready` for rows of which nothing is said, `warning` for the others, or a finding's code. */
export const rowFilterSchema = z.object({
  split: splitSchema.optional(),
  search: z.string().max(1000).optional(),
  verdict: z.string().max(100).optional(),
  contextLetters: boundsSchema.optional(),
  targetLetters: boundsSchema.optional(),
});
export type RowFilter = z.infer<typeof rowFilterSchema>;

export const rowsAnswerSchema = z.object({
  total: z.number().int(),
  /** True when there are, or may be, more rows than were counted. */
  isBounded: z.boolean(),
  /** True while a search for more goes on; it goes on with the next question. */
  isSearching: z.boolean(),
  /** Of the version that was newest when it was asked. */
  version: z.number().int(),
  examples: z.array(exampleSchema.extend({ findings: z.array(z.string()) })),
  /** How many rows the search index holds, and of how many; searching the others takes longer. */
  indexed: z.object({ done: z.number().int(), total: z.number().int() }),
});
export type RowsAnswer = z.infer<typeof rowsAnswerSchema>;
export type ShownExample = RowsAnswer['examples'][number];

/** What a new row belongs with, so that nothing that is trained on is measured with. */
export const rowKinSchema = z.object({
  /** The row with the same context, one that is held out before any other; null where there is none. */
  same: exampleSchema.nullable(),
  /** The split that all rows with the same passage, document or schema are in, and their group; null where there are several. */
  split: splitSchema.nullable(),
  group: z.string().nullable(),
  /** The one that was newest when it was asked. */
  version: z.number().int(),
});
export type RowKinAnswer = z.infer<typeof rowKinSchema>;

export const sampleSchema = z.object({
  name: z.string(),
  title: z.string(),
  task: taskIdSchema,
  rows: z.number().int(),
  licence: z.string(),
  /** True for material made by our own script, that the starter model learns in a minute. */
  generated: z.boolean(),
});
export type Sample = z.infer<typeof sampleSchema>;
