import { z } from 'zod';
import { splitSchema } from './dataset.ts';
import { keptFailureSchema } from './kept-failure.ts';
import { answerLanguageSchema } from './language.ts';
import { taskIdSchema } from './task.ts';

export const evaluationInputSchema = z.object({
  datasetId: z.string(),
  baseModelId: z.string(),
  adapterIds: z.array(z.string()).max(8),
  split: splitSchema,
  limit: z.number().int().positive().optional(),
  maxTokens: z.number().int().positive().max(2048).optional(),
  /** By whose rules answers are normalised; told from the rows where it isn't named. */
  language: answerLanguageSchema.optional(),
});
export type EvaluationInput = z.infer<typeof evaluationInputSchema>;

export const evaluationResultSchema = z.object({
  /** Null for the base model alone, which always comes first. */
  adapterId: z.string().nullable(),
  adapter: z.string(),
  n: z.number().int(),
  /** Metric name to value: shares and F-measures from 0 to 1; `perplexity` and `loss` (nats per target token) as they are. */
  metrics: z.record(z.string(), z.number()),
  /** Ends of the 95 % interval of the main metric; null of evaluations made by earlier versions. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  seconds: z.number(),
});
export type EvaluationResult = z.infer<typeof evaluationResultSchema>;

export const evaluationAnswerSchema = z.object({
  text: z.string(),
  /** The main metric. */
  score: z.number(),
  /** Every measure of this answer by name. */
  marks: z.record(z.string(), z.number()),
  /** Of the target, not of the answer: its negative log-likelihood in nats, and its tokens. Null where the row doesn't fit. */
  target: z.object({ nats: z.number(), tokens: z.number().int() }).nullable(),
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

/** One result against another on the same rows, by one metric. Places are those of the evaluation's results. */
export const comparisonSchema = z.object({
  metric: z.string(),
  of: z.number().int(),
  against: z.number().int(),
  /** The metric of the one minus that of the other, and the ends of its 95 % interval (paired bootstrap over the rows). */
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  /** Rows on which the one does better, worse, the same. */
  better: z.number().int(),
  worse: z.number().int(),
  same: z.number().int(),
  /** The interval leaves zero out, as it only does when a sign test agrees or twenty rows differ. */
  sure: z.boolean(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** All that an evaluation's numbers depend on, with hashes. */
export const provenanceSchema = z.object({
  dataset: z.object({ name: z.string(), version: z.number().int(), sha256: z.string() }),
  /** Of the rows asked, in order: id, context, target. */
  rowsSha256: z.string(),
  base: z.object({ name: z.string(), sha256: z.string() }),
  adapters: z.array(z.object({ name: z.string(), sha256: z.string() })),
  language: answerLanguageSchema,
  /** Longest answer in tokens; answers are written greedily. */
  maxTokens: z.number().int(),
  studio: z.string(),
  device: z.string(),
  /** Of all answers in order, once they are there. */
  answersSha256: z.string().nullable(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

export const evaluationSchema = z.object({
  id: z.string(),
  /** That of its dataset; null of evaluations of earlier versions whose dataset is gone. */
  task: taskIdSchema.nullable(),
  datasetId: z.string(),
  baseModelId: z.string(),
  split: splitSchema,
  state: z.enum(['running', 'finished', 'stopped', 'failed', 'interrupted']),
  /** The metric that decides for this task: rougeL, exactMatch, executionAccuracy. */
  mainMetric: z.string(),
  results: z.array(evaluationResultSchema),
  /** Each adapter against the base by every metric, and the adapters against each other by the main one. */
  comparisons: z.array(comparisonSchema),
  /** Null until it has begun, and of evaluations made by earlier versions. */
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
