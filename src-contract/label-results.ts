import { z } from 'zod';
import type { EvaluationResult } from './evaluation.ts';

/** How well one label was told from the others. */
const labelScoresSchema = z.object({
  /** The share of its rows that were answered with it. */
  recall: z.number(),
  /** The share of the answers with it that were right; null if there was none. */
  precision: z.number().nullable(),
  /** Their harmonic mean; 0 without a right answer. */
  f1: z.number(),
});

const labelResultSchema = z.object({
  /** In the order of the labels. */
  labels: z.array(labelScoresSchema),
  /** Rows by the label that is their target and by that of the answer; the last column is for all other answers. */
  confusion: z.array(z.array(z.number().int())),
  /** The mean of the labels' F1, so that a rare label counts as much as a frequent one. */
  macroF1: z.number(),
  /** The mean of the labels' recall. */
  balancedAccuracy: z.number(),
});
export type LabelResult = z.infer<typeof labelResultSchema>;

/** What was answered in place of what, in an evaluation whose targets, or a field of which, are a few labels. */
export const labelResultsSchema = z.object({
  /** Of targets that are objects in JSON; null if they are the labels. */
  field: z.string().nullable(),
  /** As most targets write it. */
  labels: z.array(z.object({ label: z.string(), rows: z.number().int() })),
  /** In the order of the evaluation's results. */
  results: z.array(labelResultSchema),
  /** In the order of the rows. */
  rows: z.object({
    /** The place of each row's label. */
    targets: z.array(z.number().int()),
    /** For each result, that of each answer; the number of labels for an answer that is none. */
    answers: z.array(z.array(z.number().int())),
  }),
});
export type LabelResults = z.infer<typeof labelResultsSchema>;

/** The results with the measures over all labels among their other ones. */
export function withLabelMeasures(
  results: readonly EvaluationResult[],
  labels: readonly LabelResults[],
): readonly EvaluationResult[] {
  const whole = labels.find(({ field }) => field === null);
  return results.map((result, place) => {
    const told = whole?.results[place];
    if (told === undefined) return result;
    const { macroF1, balancedAccuracy } = told;
    return { ...result, metrics: { ...result.metrics, macroF1, balancedAccuracy } };
  });
}

/** A target and what was answered in its place; `answer` is the number of labels for anything that is none. */
export interface MixUp {
  readonly target: number;
  readonly answer: number;
  readonly rows: number;
}

/** The label that was most often answered in place of another: among equals, that of which it is the larger share. */
export function mostFrequentMixUp({ confusion }: LabelResult): MixUp | undefined {
  const mixUps = confusion.flatMap((counts, target) =>
    counts.slice(0, confusion.length).flatMap((rows, answer) => {
      const of = counts.reduce((sum, count) => sum + count, 0);
      return rows === 0 || answer === target ? [] : [{ target, answer, rows, of }];
    }),
  );
  return mixUps.toSorted((a, b) => b.rows - a.rows || a.of - b.of)[0];
}

/** Of all answers, those that are none of the labels. */
export function countNoLabel({ confusion }: LabelResult): number {
  return confusion.reduce((sum, counts) => sum + (counts[confusion.length] ?? 0), 0);
}
