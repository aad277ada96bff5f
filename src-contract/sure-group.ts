import { z } from 'zod';

/** Rows that a model answered about as surely, and how many of them right. */
export const sureGroupSchema = z.object({
  /** The least and the largest of how probable an answer's labels were, from 0 to 1. */
  low: z.number(),
  high: z.number(),
  rows: z.number().int(),
  right: z.number().int(),
});
export type SureGroup = z.infer<typeof sureGroupSchema>;
