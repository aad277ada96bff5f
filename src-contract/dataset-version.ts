import { z } from 'zod';
import { splitCountsSchema, splitSchema } from './dataset.ts';

/**
 * What made a version: the import, an edited cell, rows added or deleted, words replaced, a finding mended, splits dealt anew,
 * schema texts made from a database, or an earlier version brought back by hand or by undo and redo.
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

export const changeDetailSchema = z.object({
  /** Rows of the version before that are gone, rows that are new, rows that read otherwise, rows in another split. */
  removed: z.number().int().optional(),
  added: z.number().int().optional(),
  edited: z.number().int().optional(),
  moved: z.number().int().optional(),
  /** The version that was brought back, or whose change was undone. */
  version: z.number().int().optional(),
  /** The code of the finding that was mended. */
  finding: z.string().optional(),
  /** What was searched and put in its place. */
  search: z.string().optional(),
  replacement: z.string().optional(),
  /** Where one row was changed. */
  position: z.number().int().optional(),
});
export type ChangeDetail = z.infer<typeof changeDetailSchema>;

export const datasetVersionSchema = z.object({
  version: z.number().int(),
  kind: changeKindSchema,
  detail: changeDetailSchema,
  rows: z.number().int(),
  splits: splitCountsSchema,
  sha256: z.string(),
  /** The first version with these very rows. */
  sameAs: z.number().int(),
  /** Whose rows undo and redo would bring back; null where there is nothing to undo or redo. */
  undoTo: z.number().int().nullable(),
  redoTo: z.number().int().nullable(),
  createdAt: z.number().int(),
});
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;

/** The texts of a row that a person can change. */
export const rowContentSchema = z.object({
  context: z.string().max(1_048_576),
  target: z.string().max(1_048_576),
  group: z.string().max(10_000).nullable(),
  database: z.string().max(10_000).nullable(),
});
export type RowContent = z.infer<typeof rowContentSchema>;

/** How one row differs between two versions; a side is null where the row is not there. */
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
  /** The first differences, in the order of the rows. */
  rows: z.array(rowDifferenceSchema),
});
export type VersionComparison = z.infer<typeof versionComparisonSchema>;
