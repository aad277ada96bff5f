import { z } from 'zod';
import { fieldResultsSchema } from './field-results.ts';
import { labelResultsSchema } from './label-results.ts';
import { sureGroupSchema } from './sure-group.ts';

/** What the rows of an evaluation tell beside its measures. */
export const evaluationBreakdownSchema = z.object({
  /** How often answers were wrong; null unless most targets are lists or objects in JSON, or lists of labels. */
  fields: fieldResultsSchema.nullable(),
  /**
   * What was answered in place of what, if the targets are a few labels; one by one of their fields which are, if they
   * are objects. None if nothing has been measured.
   */
  labels: z.array(labelResultsSchema),
  /** In the order of the results, the rows in quarters, from the least to the most sure; none where that is not known. */
  sure: z.array(z.array(sureGroupSchema)),
});
export type EvaluationBreakdown = z.infer<typeof evaluationBreakdownSchema>;
