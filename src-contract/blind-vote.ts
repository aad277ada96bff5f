import { z } from 'zod';

/**
 * Two models of an evaluation whose answers a person compares without knowing whose they are. `of` and `against` are
 * indices into its results, as in a comparison: the later one first, so that the base is always `against`.
 */
export const blindPairSchema = z.object({
  id: z.string(),
  of: z.number().int().min(1),
  against: z.number().int().min(0),
});
export type BlindPair = z.infer<typeof blindPairSchema>;

/** `first` and `second` as shown. */
export const blindChoiceSchema = z.enum(['first', 'second', 'equal']);
export type BlindChoice = z.infer<typeof blindChoiceSchema>;

export const blindVoteInputSchema = blindPairSchema.extend({
  position: z.number().int().min(0),
  choice: blindChoiceSchema,
});

export const blindRowsSchema = z.object({
  /** In the order in which they are asked about, which is random but always the same; by their places in the evaluation. */
  rows: z.array(z.object({ position: z.number().int(), choice: blindChoiceSchema.nullable() })),
  /** Rows to which both gave the same answer: they are not asked about. */
  identical: z.number().int(),
});
export type BlindRows = z.infer<typeof blindRowsSchema>;

/** A row and its two answers, in the order in which they are shown. */
export const blindRowSchema = z.object({
  context: z.string(),
  target: z.string(),
  first: z.string(),
  second: z.string(),
});
export type BlindRow = z.infer<typeof blindRowSchema>;

/** How often each of two was preferred, and how certain it is that one of them is. */
export const preferenceSchema = z.object({
  one: z.number().int(),
  other: z.number().int(),
  /** Bounds of the 95 % interval of the share of `one`, among the rows where one of them was preferred. */
  low: z.number(),
  high: z.number(),
  /** Whether the interval excludes one half, as it only can when a sign test agrees. */
  sure: z.boolean(),
});
export type Preference = z.infer<typeof preferenceSchema>;

export const blindResultSchema = z.object({
  of: z.number().int(),
  against: z.number().int(),
  /** `of` is the one. */
  models: preferenceSchema,
  /** The same choices by place: the answer shown first is the one. Tells if the place decided. */
  places: preferenceSchema,
  equal: z.number().int(),
  identical: z.number().int(),
  /** Rows not judged yet. */
  open: z.number().int(),
});
export type BlindResult = z.infer<typeof blindResultSchema>;
