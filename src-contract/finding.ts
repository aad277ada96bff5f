import { z } from 'zod';
import { tableDoubtSchema } from './table-doubt.ts';

/** What a check can find in a row. Codes are permanent. */
export const findingCodeSchema = z.enum([
  'EMPTY_TEXT',
  'DUPLICATE_ROW',
  'DUPLICATE_NEAR',
  'TARGETS_DIFFER',
  'LEAK_ROW',
  'LEAK_GROUP',
  'LEAK_NEAR',
  'LENGTH_OUTLIER',
  'LABEL_SPELLING',
  'PLACEHOLDER',
  'LETTERS_MISREAD',
  'HTML_REMAINS',
  'TARGET_NOT_JSON',
  'JSON_MENDABLE',
  'JSON_KEY_MISSING',
  'TARGET_NOT_NUMBER',
  'NUMBER_MENDABLE',
  'ANSWER_NOT_IN_PASSAGE',
  'SQL_NOT_PARSED',
  'SQL_UNKNOWN_NAME',
  'SQL_DOES_NOT_RUN',
  'SQL_FINDS_NOTHING',
  'SUMMARY_LONGER',
  'SUMMARY_COPIED',
  'LANGUAGE_MIXED',
  'PRIVATE_EMAIL',
  'PRIVATE_PHONE',
  'PRIVATE_CARD',
]);
export type FindingCode = z.infer<typeof findingCodeSchema>;

/**
 * What can be done about a finding in one go: delete the rows, move them to the split where they belong, mask words, give
 * them the target that is written as usual, or clean what a program left in their texts.
 */
export const remedySchema = z.enum(['delete', 'move', 'mask', 'unify', 'clean']);
export type Remedy = z.infer<typeof remedySchema>;

export const findingSchema = z.object({
  code: findingCodeSchema,
  /** Bad: makes a result wrong. Warn: often hurts. Note: needs a person's judgement. */
  severity: z.enum(['bad', 'warn', 'note']),
  rows: z.number().int(),
  remedy: remedySchema,
  message: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export const findingReportSchema = z.object({
  /** The version that was checked. */
  version: z.number().int(),
  rows: z.number().int(),
  /** Rows with at least one finding. */
  flagged: z.number().int(),
  findings: z.array(findingSchema),
  /** About the table as a whole. */
  doubts: z.array(tableDoubtSchema),
  /** The checks that did not cover all rows; empty when everything was checked. */
  limits: z.array(z.object({ code: z.string(), checked: z.number().int(), total: z.number().int() })),
  seconds: z.number(),
});
export type FindingReport = z.infer<typeof findingReportSchema>;

/** The doubts about a table, from `checked` of its `rows`, which are spread over all of it. */
export const toldDoubtsSchema = z.object({
  doubts: z.array(tableDoubtSchema),
  checked: z.number().int(),
  rows: z.number().int(),
});
export type ToldDoubts = z.infer<typeof toldDoubtsSchema>;

export const checkEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal('finished'), report: findingReportSchema }),
]);
export type CheckEvent = z.infer<typeof checkEventSchema>;

/**
 * One row of a finding. `detail` is what was found, in the row's own words; `other` the position of the row it
 * resembles.
 */
export const findingRowSchema = z.object({
  position: z.number().int(),
  detail: z.string(),
  other: z.number().int().nullable(),
});
export type FindingRow = z.infer<typeof findingRowSchema>;
