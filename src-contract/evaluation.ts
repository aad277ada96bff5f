import { z } from 'zod';
import { splitSchema } from './dataset.ts';

export const evaluationInputSchema = z.object({
  datasetId: z.string(),
  baseModelId: z.string(),
  adapterIds: z.array(z.string()).max(8),
  split: splitSchema,
  limit: z.number().int().positive().optional(),
  maxTokens: z.number().int().positive().max(2048).optional(),
});
export type EvaluationInput = z.infer<typeof evaluationInputSchema>;

export const evaluationResultSchema = z.object({
  /** Null for the base model alone, which always comes first. */
  adapterId: z.string().nullable(),
  adapter: z.string(),
  n: z.number().int(),
  /** Metric name to value: shares and F-measures from 0 to 1; `perplexity` and `loss` (nats per target token) as they are. */
  metrics: z.record(z.string(), z.number()),
  seconds: z.number(),
});
export type EvaluationResult = z.infer<typeof evaluationResultSchema>;

export const evaluationRowSchema = z.object({
  exampleId: z.string(),
  context: z.string(),
  target: z.string(),
  /** In the order of the evaluation's results. */
  answers: z.array(z.object({ text: z.string(), score: z.number() })),
});
export type EvaluationRow = z.infer<typeof evaluationRowSchema>;

export const evaluationSchema = z.object({
  id: z.string(),
  datasetId: z.string(),
  baseModelId: z.string(),
  split: splitSchema,
  state: z.enum(['running', 'finished', 'stopped', 'failed', 'interrupted']),
  /** The metric that decides for this task: rougeL, exactMatch, executionAccuracy. */
  mainMetric: z.string(),
  results: z.array(evaluationResultSchema),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
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
