import { z } from 'zod';
import { answerFormSchema } from './answer-form.ts';
import { splitSchema } from './dataset.ts';
import { keptFailureSchema } from './kept-failure.ts';
import { answerLanguageSchema } from './language.ts';
import { taskIdSchema } from './task.ts';
import { textMeasureSchema } from './text-measure.ts';

export const evaluationInputSchema = z.object({
  datasetId: z.string(),
  baseModelId: z.string(),
  adapterIds: z.array(z.string()).max(8),
  split: splitSchema,
  limit: z.number().int().positive().optional(),
  maxTokens: z.number().int().positive().max(2048).optional(),
  /** Whose rules normalise the answers; detected from the rows by default. */
  language: answerLanguageSchema.optional(),
  /** How answers are compared, where the task leaves that open (`custom`); follows from the targets by default. */
  measure: textMeasureSchema.optional(),
  /** Whether another answer takes the place of a query that cannot be run on the dataset's database. */
  retryQueries: z.boolean().optional(),
  /** Whether all answers keep the form of the dataset's targets, if these have one; they do by default. */
  keepsForm: z.boolean().optional(),
});
export type EvaluationInput = z.infer<typeof evaluationInputSchema>;

export const evaluationResultSchema = z.object({
  /** Null for the base model alone, which always comes first. */
  adapterId: z.string().nullable(),
  adapter: z.string(),
  n: z.number().int(),
  /** Metric name to value: shares and F-measures from 0 to 1; `perplexity` and `loss` (nats per target token) as is. */
  metrics: z.record(z.string(), z.number()),
  /** Bounds of the main metric's 95 % interval; null for evaluations by earlier versions. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  seconds: z.number(),
});
export type EvaluationResult = z.infer<typeof evaluationResultSchema>;

export const evaluationAnswerSchema = z.object({
  text: z.string(),
  /** The query that was written first and cannot be run, if another took its place. */
  firstText: z.string().optional(),
  /** The main metric. */
  score: z.number(),
  /** Every measure of this answer, by name. */
  marks: z.record(z.string(), z.number()),
  /**
   * For the target, not the answer: its negative log-likelihood in nats and its tokens. Null if the row does not fit.
   */
  target: z.object({ nats: z.number(), tokens: z.number().int() }).nullable(),
  /** How probable its label was among all, or its labels all together, if it was held to some. */
  certainty: z.number().optional(),
});
export type EvaluationAnswer = z.infer<typeof evaluationAnswerSchema>;

export const evaluationRowSchema = z.object({
  exampleId: z.string(),
  context: z.string(),
  target: z.string(),
  /** In the order of the evaluation's results. */
  answers: z.array(evaluationAnswerSchema),
});
export type EvaluationRow = z.infer<typeof evaluationRowSchema>;

/**
 * One result compared with another on the same rows by one metric. `of` and `against` are indices into the evaluation's
 * results.
 */
export const comparisonSchema = z.object({
  metric: z.string(),
  of: z.number().int(),
  against: z.number().int(),
  /**
   * The metric of `of` minus that of `against`, with the bounds of its 95 % interval (paired bootstrap over the rows).
   */
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  /** Rows on which `of` does better, worse or the same. */
  better: z.number().int(),
  worse: z.number().int(),
  same: z.number().int(),
  /** Whether the interval excludes zero, as it only can when a sign test agrees or twenty rows differ. */
  sure: z.boolean(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Everything that an evaluation's numbers depend on, with hashes. */
export const provenanceSchema = z.object({
  dataset: z.object({ name: z.string(), version: z.number().int(), sha256: z.string() }),
  /** Hash over the evaluated rows in order: id, context, target. */
  rowsSha256: z.string(),
  base: z.object({ name: z.string(), sha256: z.string() }),
  /** `seen`: how many of the rows were among those the adapter could be trained on, if any, and if these are known. */
  adapters: z.array(z.object({ name: z.string(), sha256: z.string(), seen: z.number().int().optional() })),
  language: answerLanguageSchema,
  /** Longest answer in tokens; decoding is greedy. */
  maxTokens: z.number().int(),
  /** Whether queries that cannot be run were replaced by others, drawn by a fixed seed; absent where they were not. */
  retryQueries: z.literal(true).optional(),
  /** The form that all answers were held to, if any. */
  form: answerFormSchema.optional(),
  studio: z.string(),
  device: z.string(),
  /** Hash over all answers in order, once they are complete. */
  answersSha256: z.string().nullable(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

export const evaluationSchema = z.object({
  id: z.string(),
  /** The dataset's task; null for evaluations by earlier versions whose dataset is gone. */
  task: taskIdSchema.nullable(),
  datasetId: z.string(),
  baseModelId: z.string(),
  /** The adapters compared with the base; not all have results before it has finished. */
  adapterIds: z.array(z.string()),
  split: splitSchema,
  state: z.enum(['running', 'finished', 'stopped', 'failed', 'interrupted']),
  /** The metric that decides: rougeL, exactMatch, executionAccuracy, sqlMatch. */
  mainMetric: z.string(),
  results: z.array(evaluationResultSchema),
  /** Each adapter against the base by every metric, and adapters against each other by the main one. */
  comparisons: z.array(comparisonSchema),
  /** Null until it has started, and for evaluations by earlier versions. */
  provenance: provenanceSchema.nullable(),
  error: keptFailureSchema.nullable(),
  createdAt: z.number().int(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const evaluationEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('progress'),
    done: z.number().int(),
    total: z.number().int(),
    secondsLeft: z.number().nullable(),
  }),
  z.object({ kind: z.literal('result'), result: evaluationResultSchema }),
  z.object({ kind: z.literal('finished'), evaluation: evaluationSchema }),
]);
export type EvaluationEvent = z.infer<typeof evaluationEventSchema>;
