import { z } from 'zod';
import { changedDatasetSchema, fileSourceSchema, splitCountsSchema, splitSchema } from './dataset.ts';

/**
 * What made a version: the import, an edited cell, rows added or deleted, text replaced, a finding fixed, splits
 * reassigned, schema texts generated from a database, or an earlier version brought back by hand or by undo and redo.
 */
export const changeKindSchema = z.enum([
  'import',
  'edit',
  'add',
  'delete',
  'replace',
  'remedy',
  'splits',
  'schema',
  'undo',
  'redo',
  'restore',
]);
export type ChangeKind = z.infer<typeof changeKindSchema>;

/** Who drafted a row's target, by name, and whether the person who confirmed it changed it. */
const draftSchema = z.object({ by: z.string().max(500), isEdited: z.boolean() });

export const changeDetailSchema = z.object({
  /** Rows of the previous version that are gone, rows that are new, rows whose text changed, rows in another split. */
  removed: z.number().int().optional(),
  added: z.number().int().optional(),
  edited: z.number().int().optional(),
  moved: z.number().int().optional(),
  /** The version that was brought back, or whose change was undone. */
  version: z.number().int().optional(),
  /** The code of the finding that was fixed. */
  finding: z.string().optional(),
  /** The text searched for and its replacement. */
  search: z.string().optional(),
  replacement: z.string().optional(),
  /** For a change of one row: which. */
  position: z.number().int().optional(),
  /** For a row whose target a model drafted. */
  draft: draftSchema.optional(),
});
export type ChangeDetail = z.infer<typeof changeDetailSchema>;

export const datasetVersionSchema = z.object({
  version: z.number().int(),
  kind: changeKindSchema,
  detail: changeDetailSchema,
  rows: z.number().int(),
  splits: splitCountsSchema,
  sha256: z.string(),
  /** The first version with exactly these rows. */
  sameAs: z.number().int(),
  /** The versions whose rows undo and redo would bring back; null where there is nothing to undo or redo. */
  undoTo: z.number().int().nullable(),
  redoTo: z.number().int().nullable(),
  createdAt: z.number().int(),
});
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;

/** 1 Mi UTF-16 code units: far more than any model reads, and short enough for a page to display. */
export const longestText = 1_048_576;

/** The parts of a row that a person can edit. */
export const rowContentSchema = z.object({
  context: z.string().max(longestText),
  target: z.string().max(longestText),
  group: z.string().max(10_000).nullable(),
  database: z.string().max(10_000).nullable(),
});
export type RowContent = z.infer<typeof rowContentSchema>;

/** A target for a row of the file that lacks only that. */
export const writeRowInputSchema = z.object({
  id: z.string(),
  /** As `unwritten` gives it. */
  number: z.number().int().min(0),
  target: z.string().max(longestText),
  draft: draftSchema.optional(),
});
export type WriteRowInput = z.infer<typeof writeRowInputSchema>;

/** How one row differs between two versions; a side is null where the row does not exist. */
export const rowDifferenceSchema = z.object({
  position: z.number().int(),
  before: rowContentSchema.extend({ split: splitSchema }).nullable(),
  after: rowContentSchema.extend({ split: splitSchema }).nullable(),
});
export type RowDifference = z.infer<typeof rowDifferenceSchema>;

export const versionComparisonSchema = z.object({
  added: z.number().int(),
  removed: z.number().int(),
  edited: z.number().int(),
  moved: z.number().int(),
  /** The first differences, in row order. */
  rows: z.array(rowDifferenceSchema),
});
export type VersionComparison = z.infer<typeof versionComparisonSchema>;

/** Text to replace. `isPattern`: `search` is a regular expression, and `$1` is its first group. */
export const replaceRequestSchema = z.object({
  id: z.string(),
  search: z.string().min(1).max(1000),
  replacement: z.string().max(10_000),
  fields: z.array(z.enum(['context', 'target'])).min(1),
  matchCase: z.boolean(),
  isPattern: z.boolean(),
  split: splitSchema.optional(),
});
export type ReplaceRequest = z.infer<typeof replaceRequestSchema>;

export const replacePreviewSchema = z.object({
  rows: z.number().int(),
  occurrences: z.number().int(),
  /** Rows left unchanged because their context or target would become blank. */
  emptied: z.number().int(),
  /** The first rows, before and after. */
  sample: z.array(
    z.object({
      position: z.number().int(),
      field: z.enum(['context', 'target']),
      before: z.string(),
      after: z.string(),
    }),
  ),
});
export type ReplacePreview = z.infer<typeof replacePreviewSchema>;

export const noteSchema = z.object({ position: z.number().int(), text: z.string(), writtenAt: z.number().int() });
export type Note = z.infer<typeof noteSchema>;

export const exportFormatSchema = z.enum(['csv', 'jsonl', 'parquet']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/** How each row's schema text is written, by default in the form that the rows already have. */
export const schemaTextOptionsSchema = z.object({
  form: z.enum(['compact', 'ddl']).optional(),
  foreignKeys: z.boolean(),
  /** How many sample values to show for each column. */
  sampleValues: z.number().int().min(0).max(10),
});
export type SchemaTextOptions = z.infer<typeof schemaTextOptionsSchema>;

/**
 * `name` is what rows call it. `attachment` is unique to each attach, and empty for what came with the import.
 * `rowsOfOthers` is present where it was attached on its own: the number of rows that named another database at the
 * time, and are run against this one all the same.
 */
export const attachedDatabaseSchema = z.object({
  name: z.string(),
  bytes: z.number().int(),
  attachment: z.string(),
  rowsOfOthers: z.number().int().optional(),
});
export type AttachedDatabase = z.infer<typeof attachedDatabaseSchema>;

export const attachInputSchema = z.object({
  id: z.string(),
  database: fileSourceSchema,
  schema: schemaTextOptionsSchema.optional(),
});

/**
 * `shares`: at random, reproducibly for a seed; rows with the same group, or without groups the same context, stay
 * together. `passage` also keeps together rows with the same passage, document or schema. `groups`: by hand; the named
 * groups are held out and all other rows are trained on.
 */
export const dealSplitsInputSchema = z.object({
  id: z.string(),
  by: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('shares'),
      validation: z.number().min(0).max(0.5),
      test: z.number().min(0).max(0.5),
      seed: z
        .number()
        .int()
        .min(0)
        .max(2 ** 31),
      together: z.enum(['group', 'passage']),
    }),
    z.object({
      kind: z.literal('groups'),
      validation: z.array(z.string().max(10_000)).max(10_000),
      test: z.array(z.string().max(10_000)).max(10_000),
    }),
  ]),
});
export type DealSplitsInput = z.infer<typeof dealSplitsInputSchema>;

export const dealSplitsEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal('finished'), dataset: changedDatasetSchema }),
]);
export type DealSplitsEvent = z.infer<typeof dealSplitsEventSchema>;
