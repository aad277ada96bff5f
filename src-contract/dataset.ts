import { z } from 'zod';
import { fileReasonSchema } from './file-reason.ts';
import { hubOriginSchema } from './hub-dataset.ts';
import { nameSchema } from './name.ts';
import { rowVerdictDataSchema } from './row-verdict.ts';
import { tableDoubtSchema } from './table-doubt.ts';
import { columnMappingSchema, taskIdSchema } from './task.ts';

/** The most files in an archive, and so in a folder, which a page sends as one. */
export const mostArchiveFiles = 20_000;

/**
 * Where a file comes from: uploaded in pieces by a page, named by path (command line and desktop only), shipped with
 * the studio, or downloaded from the Hugging Face hub.
 */
export const fileSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upload'), fileId: z.string() }),
  z.object({ kind: z.literal('path'), path: z.string() }),
  z.object({ kind: z.literal('sample'), name: z.string() }),
  /** Downloaded from the Hugging Face hub. */
  z.object({ kind: z.literal('hub'), id: z.string() }),
]);
export type FileSource = z.infer<typeof fileSourceSchema>;

export const tableFormatSchema = z.enum([
  'csv',
  'json',
  'jsonl',
  'xlsx',
  'ods',
  'html',
  'parquet',
  'chat',
  'questions',
  'translations',
  'tagged',
  'documents',
  'folder',
  'zip',
]);
export type TableFormat = z.infer<typeof tableFormatSchema>;

/** What a row is where documents are read. */
const documentRowsSchema = z.enum(['pieces', 'questions', 'whole', 'unwritten', 'labelled']);

/** How to read a file; anything left out is detected. */
export const csvOptionsSchema = z.object({
  /** Whether the text is a table or JSON. */
  format: z.enum(['csv', 'json', 'jsonl']).optional(),
  /** For a workbook: the sheet's name, or its number from 1; for an archive of different tables: a file's name. */
  sheet: z.string().max(200).optional(),
  /**
   * In a chat, or a table with one message a row: whose answers are the targets. Empty if nobody's are, and each message
   * is a row.
   */
  speaker: z.string().max(500).optional(),
  /**
   * For documents: a row for each piece that fits the model, for each question that they answer, or for each document
   * with what belongs to it, with a summary that is still to be written, or with the name of its folder as its label.
   * Texts that may be tables are then read as documents.
   */
  documents: documentRowsSchema.optional(),
  /** One character or several, such as `||`. */
  delimiter: z.string().min(1).max(8).optional(),
  /** One character; empty if no cell is quoted. */
  quote: z.string().max(1).optional(),
  /** How a quote within a cell is written: doubled, or escaped by a backslash. */
  escape: z.enum(['doubled', '\\']).optional(),
  encoding: z.string().optional(),
  header: z.boolean().optional(),
  /** How many rows the header takes up, if there is one. */
  headerRows: z.number().int().min(1).max(10).optional(),
  /** Lines above the table that are not part of it. */
  skipLines: z.number().int().min(0).max(100_000).optional(),
});
export type CsvOptions = z.infer<typeof csvOptionsSchema>;

/** Somebody who takes part in a chat, and how often as an answer to somebody else. */
export const speakerSchema = z.object({ name: z.string(), replies: z.number().int() });
export type Speaker = z.infer<typeof speakerSchema>;

export const fileFactsSchema = z.object({
  name: z.string(),
  format: tableFormatSchema,
  encoding: z.string(),
  /** Empty, like `quote` and `escape`, for anything but a text table. */
  delimiter: z.string(),
  quote: z.string(),
  escape: z.string(),
  header: z.boolean(),
  /** How many rows the header takes up, for a text table or a sheet. */
  headerRows: z.number().int().optional(),
  skippedLines: z.number().int(),
  /** Set if its records are numbered as the items of a list. */
  numbered: z.literal('item').optional(),
  /** Data rows, excluding the header. */
  rows: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
  /**
   * The sheet that was read, and all there are, for a workbook; for a folder or an archive of different tables, the
   * first file of those that were read as one, and of each others.
   */
  sheet: z.string().optional(),
  sheets: z.array(z.string()).optional(),
  /** For messages: whose answers the rows are, and all who take part. */
  speaker: z.string().optional(),
  speakers: z.array(speakerSchema).optional(),
  /** For documents: what a row is. */
  documents: documentRowsSchema.optional(),
  /** The tables that were read, for a folder or an archive. */
  files: z.array(z.string()).optional(),
  /** Where on the Hugging Face hub it came from. */
  hub: hubOriginSchema.optional(),
  /** Why the file is read the way it is. */
  reasons: z.array(fileReasonSchema),
});
export type FileFacts = z.infer<typeof fileFactsSchema>;

/** `role` is the proposed field of the proposed task, `group`, `database`, or `''` for none. */
export const columnSchema = z.object({ name: z.string(), role: z.string() });
export type Column = z.infer<typeof columnSchema>;

export const inspectionSchema = z.object({
  file: fileFactsSchema,
  columns: z.array(columnSchema),
  /** The first rows as read, excluding the header. */
  sample: z.array(z.array(z.string())),
  /** The lines of the file where those rows start. */
  sampleLines: z.array(z.number().int()),
  /** True when only the beginning was read and `rows` is extrapolated. */
  isEstimate: z.boolean(),
  proposedTask: taskIdSchema,
  /** The proposed mapping for every task; fields without a likely column are absent. */
  mappings: z.record(taskIdSchema, columnMappingSchema),
  /** All raw records, starting with the header row if there is one; only on request. */
  cells: z.array(z.array(z.string())).optional(),
});
export type Inspection = z.infer<typeof inspectionSchema>;

export const splitSchema = z.enum(['train', 'validation', 'test']);
export type Split = z.infer<typeof splitSchema>;

/** Groups of a dataset's rows, those with the most rows first; `total` is how many there are, given or not. */
export const rowGroupsSchema = z.object({
  total: z.number().int(),
  groups: z.array(z.object({ name: z.string(), rows: z.number().int() })),
});
export type RowGroups = z.infer<typeof rowGroupsSchema>;

export const splitCountsSchema = z.object({
  train: z.number().int(),
  validation: z.number().int(),
  test: z.number().int(),
});

/** An import that was undone because the studio ended in the middle of it. */
export const cutOffImportSchema = z.object({
  id: z.string(),
  /** The file's name. */
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
  /** Hash over all rows of the newest version in order (context, target, group, split); what a run pins. */
  sha256: z.string(),
  sourceName: z.string(),
  mapping: columnMappingSchema,
  /** True when a database is attached, so that queries can be executed. */
  hasDatabase: z.boolean(),
  createdAt: z.number().int(),
});
export type Dataset = z.infer<typeof datasetSchema>;

/** A dataset after a change to its rows. */
export const changedDatasetSchema = datasetSchema.extend({
  /** The version that this change made; null if the rows stayed the same. Newer ones may exist by now. */
  made: z.number().int().nullable(),
});
export type ChangedDataset = z.infer<typeof changedDatasetSchema>;

export const rejectionSchema = z.object({
  line: z.number().int(),
  code: z.string(),
  /**
   * Values for the sentence of `code`, such as a column or counts; `part` is the file within a folder or archive, or the
   * list within a file, and `by` tells that items of a list were counted there.
   */
  data: rowVerdictDataSchema,
  /** The verdict in English. */
  message: z.string(),
  cells: z.array(z.string()),
});
export type Rejection = z.infer<typeof rejectionSchema>;

/** A row of the file that lacks only its target. */
export const unwrittenRowSchema = z.object({
  /** Index among the rejected rows. */
  number: z.number().int(),
  line: z.number().int(),
  /** The file within a folder or archive. */
  part: z.string().nullable(),
  context: z.string(),
  group: z.string().nullable(),
  database: z.string().nullable(),
});
export type UnwrittenRow = z.infer<typeof unwrittenRowSchema>;

/** As shown in a list. `isCut`: cells too long to show are truncated; the reject file has them in full. */
export const listedRejectionSchema = rejectionSchema.extend({ isCut: z.boolean() });
export type ListedRejection = z.infer<typeof listedRejectionSchema>;

export const rejectedSchema = z.object({
  count: z.number().int(),
  /** The file with the rejected rows and their reasons, absent when there are none. */
  file: z.string().optional(),
  reasons: z.record(z.string(), z.number().int()),
});

/** Rows that were accepted but deserve a look; by reason, how many there are, and where the first ones stand. */
export const warnedSchema = z.object({
  count: z.number().int(),
  reasons: z.record(z.string(), z.number().int()),
  places: z.record(z.string(), z.array(z.number().int())).optional(),
});

/** As many are named. */
export const mostPlaces = 5;

/** The outcome of adding a file's rows to a dataset; unusable ones are not kept. */
export const addedRowsSchema = z.object({
  dataset: changedDatasetSchema,
  added: z.number().int(),
  /** Left out, since the dataset already has rows with the same context and target. */
  known: z.number().int(),
  rejected: rejectedSchema.omit({ file: true }),
});
export type AddedRows = z.infer<typeof addedRowsSchema>;

/** The outcome that a file's rows would have under a mapping. */
export const rowJudgementSchema = z.object({
  rows: z.number().int(),
  taken: z.number().int(),
  rejected: rejectedSchema.omit({ file: true }),
  warned: warnedSchema,
  /** True when only the beginning of a large file was checked. */
  isPart: z.boolean(),
  /** About the table as a whole under this mapping; empty if only its beginning was checked. */
  doubts: z.array(tableDoubtSchema),
  /** The first rows that would be left out, with their cells truncated. */
  examples: z.array(rejectionSchema),
});
export type RowJudgement = z.infer<typeof rowJudgementSchema>;

export const importInputSchema = z.object({
  source: fileSourceSchema,
  task: taskIdSchema,
  name: nameSchema.optional(),
  /** Missing fields are taken from the proposed mapping. */
  mapping: columnMappingSchema.optional(),
  csv: csvOptionsSchema.optional(),
  /**
   * One SQLite file, or a folder of files named `<database>.sqlite` after the mapped `database` (or group) column. If
   * no column holds the schema, it is written from them.
   */
  database: fileSourceSchema.optional(),
  seed: z.number().int().optional(),
});
export type ImportInput = z.infer<typeof importInputSchema>;

/** What an import has come to. */
export const importResultSchema = z.object({
  /** As it was imported, under its name of today. */
  dataset: datasetSchema,
  file: fileFactsSchema,
  rejected: rejectedSchema,
  warned: warnedSchema,
  seconds: z.number(),
});
export type ImportResult = z.infer<typeof importResultSchema>;

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
  importResultSchema.extend({ kind: z.literal('finished') }),
]);
export type ImportEvent = z.infer<typeof importEventSchema>;

export const exampleSchema = z.object({
  id: z.string(),
  /** Index in the dataset, from 0. */
  position: z.number().int(),
  /** Line of the source file where the row starts, or its row or item, from 1. */
  line: z.number().int(),
  split: splitSchema,
  context: z.string(),
  target: z.string(),
  group: z.string().nullable(),
  database: z.string().nullable(),
  /** Why the row was accepted with a warning: codes, separated by spaces; null for most rows. */
  warning: z.string().nullable(),
});
export type Example = z.infer<typeof exampleSchema>;

/** Bounds of a number, both inclusive. */
export const boundsSchema = z.object({ min: z.number().min(0).optional(), max: z.number().min(0).optional() });

/**
 * Which rows to return. `verdict`: `ready` for rows without warnings or findings, `warning` for the others, or a
 * finding's code.
 */
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
  /** True while a search has more to find; the next request continues it. */
  isSearching: z.boolean(),
  /** The newest version at the time of the request. */
  version: z.number().int(),
  /** `isCut`: of a long text only the beginning and the end are here; `example` has the whole row. */
  examples: z.array(exampleSchema.extend({ findings: z.array(z.string()), isCut: z.boolean() })),
  /** How many rows the search index covers, and of how many; searching the rest takes longer. */
  indexed: z.object({ done: z.number().int(), total: z.number().int() }),
});
export type RowsAnswer = z.infer<typeof rowsAnswerSchema>;
export type ShownExample = RowsAnswer['examples'][number];

/** What a new row belongs with, so that nothing that is trained on is also used to measure. */
export const rowKinSchema = z.object({
  /** The row with the same context, preferably a held-out one; null if there is none. */
  same: exampleSchema.nullable(),
  /** The split and group shared by all rows with the same passage, document or schema; null where they differ. */
  split: splitSchema.nullable(),
  group: z.string().nullable(),
  /** The newest version at the time of the request. */
  version: z.number().int(),
});
export type RowKinAnswer = z.infer<typeof rowKinSchema>;

export const sampleSchema = z.object({
  name: z.string(),
  title: z.string(),
  task: taskIdSchema,
  rows: z.number().int(),
  licence: z.string(),
  /** True for data generated by our own script, which the starter model learns in a minute. */
  generated: z.boolean(),
});
export type Sample = z.infer<typeof sampleSchema>;
