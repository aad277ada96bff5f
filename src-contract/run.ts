import { z } from 'zod';
import { targetSchema } from './adapter.ts';

export const presetSchema = z.enum(['quick', 'balanced', 'thorough']);
export type Preset = z.infer<typeof presetSchema>;

export const trainOptionsSchema = z.object({
  rank: z.number().int().min(1).max(1024),
  alpha: z.number().positive(),
  targets: z.array(targetSchema).min(1),
  /** Probability of zeroing a feature of the adapter's input. */
  dropout: z.number().min(0).max(0.9),
  /** How A starts: Kaiming-uniform as in the authors' code, or Gaussian with standard deviation 1/rank. B starts at zero. */
  initialisation: z.enum(['kaiming', 'gaussian']),
  learningRate: z.number().positive().max(1),
  schedule: z.enum(['linear', 'cosine', 'constant']),
  warmupSteps: z.number().int().min(0),
  weightDecay: z.number().min(0).max(1),
  /** Largest allowed global gradient norm; 0 switches clipping off. */
  gradientClip: z.number().min(0),
  epochs: z.number().positive().max(1_000_000),
  /** Ends the run after so many optimiser steps, whatever `epochs` says. */
  maxSteps: z.number().int().positive().nullable(),
  /** Rows of one optimiser step. */
  batchSize: z.number().int().min(1).max(1024),
  /** Longest example in tokens, context and target together. */
  maxLength: z.number().int().min(8),
  seed: z.number().int().min(0),
  shuffle: z.boolean(),
  /** Optimiser steps between two measurements on the validation split; null picks about ten a run. */
  validationEvery: z.number().int().positive().nullable(),
  initAdapterId: z.string().nullable(),
  backend: z.enum(['auto', 'onnxruntime', 'tfjs']),
});
export type TrainOptions = z.infer<typeof trainOptionsSchema>;

export const startRunInputSchema = z.object({
  datasetId: z.string(),
  baseModelId: z.string(),
  name: z.string().min(1).max(200),
  preset: presetSchema.optional(),
  /** What differs from the preset. */
  options: trainOptionsSchema.partial().optional(),
});
export type StartRunInput = z.infer<typeof startRunInputSchema>;

export const runResultSchema = z.object({
  steps: z.number().int(),
  tokens: z.number().int(),
  targetTokens: z.number().int(),
  seconds: z.number(),
  tokensPerSecond: z.number(),
  peakRssBytes: z.number().int(),
  firstLoss: z.number(),
  lastLoss: z.number(),
  baseValidationLoss: z.number().nullable(),
  bestValidationLoss: z.number().nullable(),
  /** Training loss of each step, in nats per target token. */
  losses: z.array(z.number()),
  backend: z.string(),
  device: z.string(),
  baseSha256Before: z.string(),
  baseSha256After: z.string(),
});
export type RunResult = z.infer<typeof runResultSchema>;

export const runStateSchema = z.enum(['queued', 'running', 'finished', 'stopped', 'failed', 'interrupted']);
export type RunState = z.infer<typeof runStateSchema>;

export const runSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: runStateSchema,
  datasetId: z.string(),
  /** The dataset's hash when the run began. */
  datasetSha256: z.string(),
  baseModelId: z.string(),
  adapterId: z.string().nullable(),
  options: trainOptionsSchema,
  step: z.number().int(),
  totalSteps: z.number().int(),
  lastLoss: z.number().nullable(),
  result: runResultSchema.nullable(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
  createdAt: z.number().int(),
  startedAt: z.number().int().nullable(),
  finishedAt: z.number().int().nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** What a run tells while it goes on. Events are stored, numbered from 1 in `sequence`, and replayed to whoever watches later. */
export const runEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    totalSteps: z.number().int(),
    trainRows: z.number().int(),
    validationRows: z.number().int(),
    /** Rows left out because their target does not fit, and rows whose context was shortened. */
    leftOut: z.number().int(),
    cut: z.number().int(),
    trainableParameters: z.number().int(),
    totalParameters: z.number().int(),
    device: z.string(),
  }),
  z.object({
    kind: z.literal('step'),
    step: z.number().int(),
    /** Nats per target token, over the optimiser batch. */
    loss: z.number(),
    learningRate: z.number(),
    gradientNorm: z.number(),
    tokensPerSecond: z.number(),
    rssBytes: z.number().int(),
    secondsLeft: z.number(),
  }),
  /** Step 0 is the base model. */
  z.object({ kind: z.literal('validation'), step: z.number().int(), loss: z.number(), best: z.boolean() }),
  z.object({ kind: z.literal('checkpoint'), step: z.number().int() }),
  z.object({ kind: z.literal('finished'), state: runStateSchema, adapterId: z.string().nullable() }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export const estimateSchema = z.object({
  memory: z.object({ bytes: z.number().int(), parts: z.record(z.string(), z.number().int()) }),
  time: z.object({ seconds: z.number(), steps: z.number().int() }),
  tokens: z.object({ total: z.number().int(), target: z.number().int(), cut: z.number().int() }),
  trainableParameters: z.number().int(),
  totalParameters: z.number().int(),
  options: trainOptionsSchema,
  fits: z.boolean(),
});
export type Estimate = z.infer<typeof estimateSchema>;
