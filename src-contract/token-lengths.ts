import { z } from 'zod';

/** How many rows have each length, ascending. */
const histogramSchema = z.array(z.object({ length: z.number().int(), rows: z.number().int() }));

/**
 * Row lengths of a dataset in tokens of a base model. A row fits whole if the limit is at least context plus target;
 * below that its context is shortened, down to the limit at which the row is left out because its target would not fit.
 */
export const tokenLengthsSchema = z.object({
  rows: z.number().int(),
  contextTokens: z.number().int(),
  targetTokens: z.number().int(),
  contexts: histogramSchema,
  targets: histogramSchema,
  /** The smallest limit at which rows fit whole. */
  whole: histogramSchema,
  /** The smallest limit at which rows are trained on at all, and the total tokens of their targets. */
  kept: z.array(z.object({ length: z.number().int(), rows: z.number().int(), targetTokens: z.number().int() })),
  /** The longest input that the model can read. */
  contextLength: z.number().int(),
});
export type TokenLengths = z.infer<typeof tokenLengthsSchema>;

export const tokenLengthEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal('finished'), lengths: tokenLengthsSchema }),
]);
export type TokenLengthEvent = z.infer<typeof tokenLengthEventSchema>;
