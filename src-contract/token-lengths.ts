import { z } from 'zod';

/** How many rows have each length, rising. */
const histogramSchema = z.array(z.object({ length: z.number().int(), rows: z.number().int() }));

/**
 * How long the rows of a dataset are in the tokens of a base model. A row fits whole from a limit of context plus target on;
 * below, its context is shortened, down to the limit at which it is left out because its target would not fit.
 */
export const tokenLengthsSchema = z.object({
  rows: z.number().int(),
  contextTokens: z.number().int(),
  targetTokens: z.number().int(),
  contexts: histogramSchema,
  targets: histogramSchema,
  /** The limit from which on rows fit whole. */
  whole: histogramSchema,
  /** The limit from which on rows are trained on at all, and their targets’ tokens together. */
  kept: z.array(z.object({ length: z.number().int(), rows: z.number().int(), targetTokens: z.number().int() })),
  /** What the model reads at most. */
  contextLength: z.number().int(),
});
export type TokenLengths = z.infer<typeof tokenLengthsSchema>;

export const tokenLengthEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal('finished'), lengths: tokenLengthsSchema }),
]);
export type TokenLengthEvent = z.infer<typeof tokenLengthEventSchema>;
