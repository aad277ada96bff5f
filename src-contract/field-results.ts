import { z } from 'zod';

/** Rows of one field, by what a model's answers have in it. */
const fieldCountsSchema = z.object({
  /** The same value, or the same values in the same order. */
  right: z.number().int(),
  /** The same values of a list in another order. */
  reordered: z.number().int(),
  /** Not there, as in an answer that is not JSON. */
  missing: z.number().int(),
  /** Another value. */
  different: z.number().int(),
  /** There, although the target does not have it. */
  invented: z.number().int(),
  /**
   * Harmonic mean of precision and recall over the values of all rows, each of a list by itself, in any order; null where
   * neither targets nor answers have any.
   */
  f1: z.number().nullable(),
});
export type FieldCounts = z.infer<typeof fieldCountsSchema>;

/**
 * Field by field, how often answers were wrong, for targets that are lists or objects in JSON; label by label, for
 * targets that are lists of labels: a label is right or missing, or invented where the target does not have it.
 */
export const fieldResultsSchema = z.object({
  kind: z.enum(['fields', 'labels']),
  /** Rows whose target is JSON, or a list of labels. */
  rows: z.number().int(),
  /** In the order of the evaluation's results: answers without any JSON, and with words around it. */
  models: z.array(z.object({ adapter: z.string(), without: z.number().int(), around: z.number().int() })),
  /** In the order of the targets; fields that only answers have come last. */
  fields: z.array(
    z.object({
      /** The path to it: `order.items[].name`; or the label. */
      field: z.string(),
      /** Rows whose target has it. */
      rows: z.number().int(),
      /** In the order of the evaluation's results. */
      models: z.array(fieldCountsSchema),
    }),
  ),
  /** How many less frequent fields were left out. */
  more: z.number().int(),
});
export type FieldResults = z.infer<typeof fieldResultsSchema>;

/** Whether any answer has the values of a list in another order. */
export function hasReordered({ fields }: FieldResults): boolean {
  return fields.some(({ models }) => models.some(({ reordered }) => reordered > 0));
}
