import { z } from 'zod';
import { targetSchema } from './adapter.ts';
import { precisionSchema } from './base-model.ts';
import { distinct } from './distinct.ts';
import { keptFailureSchema } from './kept-failure.ts';
import { nameSchema } from './name.ts';
import { taskIdSchema } from './task.ts';

export const presetSchema = z.enum(['quick', 'balanced', 'thorough']);
export type Preset = z.infer<typeof presetSchema>;

export const trainOptionsSchema = z.object({
  rank: z.number().int().min(1).max(1024),
  alpha: z.number().positive(),
  targets: z.array(targetSchema).overwrite(distinct).min(1),
  /** Probability of zeroing a feature of the adapter's input. */
  dropout: z.number().min(0).max(0.9),
  /**
   * How A is initialised: Kaiming-uniform as in the authors' code, Gaussian with standard deviation 1/rank, or by the
   * gradients of the first batches. B starts at zero.
   */
  initialisation: z.enum(['kaiming', 'gaussian', 'gradient']),
  learningRate: z.number().positive().max(1),
  schedule: z.enum(['linear', 'cosine', 'constant']),
  warmupSteps: z.number().int().min(0),
  weightDecay: z.number().min(0).max(1),
  /** Share of each target's probability that is spread evenly over the vocabulary. */
  labelSmoothing: z.number().min(0).max(0.9),
  /**
   * Recomputes each layer in the backward pass instead of keeping its activations: less memory, more time, same
   * numbers.
   */
  gradientCheckpointing: z.boolean(),
  /** Maximum global gradient norm; 0 disables clipping. */
  gradientClip: z.number().min(0),
  epochs: z.number().positive().max(1_000_000),
  /** Ends the run after this many optimiser steps, whatever `epochs` says. */
  maxSteps: z.number().int().positive().nullable(),
  /** Rows per optimiser step. */
  batchSize: z.number().int().min(1).max(1024),
  /** Longest example in tokens, context plus target. */
  maxLength: z.number().int().min(8),
  seed: z.number().int().min(0),
  shuffle: z.boolean(),
  /** Optimiser steps between measurements on the validation split; null means three to ten measurements per run. */
  validationEvery: z.number().int().positive().nullable(),
  /**
   * Ends the run after this many measurements without improvement; null never does. The best weights are kept in any
   * case.
   */
  patience: z.number().int().positive().nullable(),
  /** Validation rows that the model answers at each measurement. */
  sampleRows: z.number().int().min(0).max(50),
  initAdapterId: z.string().nullable(),
  backend: z.enum(['auto', 'onnxruntime', 'tfjs']),
  precision: precisionSchema,
});
export type TrainOptions = z.infer<typeof trainOptionsSchema>;

/** What runs of earlier versions effectively used for options that they did not have. */
export const earlierOptions = {
  ...{ labelSmoothing: 0, gradientCheckpointing: false, patience: null, sampleRows: 0, precision: 'float32' },
} as const;

/** What else to train at the same time: one adapter for each combination of rank, seed and learning rate. */
export const alsoSchema = z.object({
  ranks: z.array(trainOptionsSchema.shape.rank).optional(),
  seeds: z.array(trainOptionsSchema.shape.seed).optional(),
  learningRates: z.array(trainOptionsSchema.shape.learningRate).optional(),
});
export type Also = z.infer<typeof alsoSchema>;

/** As many as one evaluation can compare. */
export const mostTogether = 8;

export const startRunInputSchema = z.object({
  datasetId: z.string(),
  baseModelId: z.string(),
  name: nameSchema,
  preset: presetSchema.optional(),
  /** What differs from the preset. */
  options: trainOptionsSchema.partial().optional(),
  /** Evaluates the adapter on the test rows as soon as the run ends. */
  evaluateAfter: z.boolean().optional(),
  /** Trains further adapters that share the base and the rows; each is a run of its own. */
  also: alsoSchema.optional(),
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
  /** Loss of the adapter that the run continued from; null if it started from the base. */
  startValidationLoss: z.number().nullable(),
  bestValidationLoss: z.number().nullable(),
  /** Training loss of each step, in nats per target token; empty in lists of runs, where `curves` sums them up. */
  losses: z.array(z.number()),
  backend: z.string(),
  device: z.string(),
  baseSha256Before: z.string(),
  baseSha256After: z.string(),
  /** Whether it stopped early because nothing improved any more. */
  early: z.boolean(),
  /** The step whose weights were kept; null if nothing was measured, in which case they are the last. */
  bestStep: z.number().int().nullable(),
});
export type RunResult = z.infer<typeof runResultSchema>;

export const runStateSchema = z.enum(['queued', 'running', 'paused', 'finished', 'stopped', 'failed', 'interrupted']);
export type RunState = z.infer<typeof runStateSchema>;

/** The machine of a run; a repeat is only bit-identical on the same one. */
export const machineSchema = z.object({
  studio: z.string(),
  runtime: z.string(),
  platform: z.string(),
  processor: z.string(),
  threads: z.number().int(),
  memoryBytes: z.number().int(),
  backend: z.string(),
  device: z.string(),
});
export type Machine = z.infer<typeof machineSchema>;

export const runSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: runStateSchema,
  task: taskIdSchema,
  datasetId: z.string(),
  /** The dataset's name when the run began; null for runs of earlier versions whose dataset is gone. */
  datasetName: z.string().nullable(),
  /** The dataset's hash when the run began. */
  datasetSha256: z.string(),
  datasetVersion: z.number().int(),
  baseModelId: z.string(),
  /** The base model's hash when the run began. */
  baseSha256: z.string(),
  adapterId: z.string().nullable(),
  options: trainOptionsSchema,
  step: z.number().int(),
  totalSteps: z.number().int(),
  lastLoss: z.number().nullable(),
  result: runResultSchema.nullable(),
  error: keptFailureSchema.nullable(),
  createdAt: z.number().int(),
  startedAt: z.number().int().nullable(),
  finishedAt: z.number().int().nullable(),
  /** When it last started or resumed, and how many seconds it had trained before. */
  activeSince: z.number().int().nullable(),
  secondsBefore: z.number(),
  /** Null until it has started, and for runs of earlier versions. */
  machine: machineSchema.nullable(),
  /**
   * Hash, at the start, of the adapter that the run continues from. Null until then, and for runs of earlier versions.
   */
  initialSha256: z.string().nullable(),
  /** The run that this one repeats. */
  repeats: z.string().nullable(),
  /** Position in the queue of a waiting run, from 1; runs that train together share one. */
  queuePlace: z.number().int().nullable(),
  /** For a run that trains together with others: the first of them, and how many there were at the start. */
  group: z.object({ id: z.string(), size: z.number().int() }).nullable(),
  /** Whether it is under way together with others, but trains only when those before it have trained. */
  awaitsTurn: z.boolean(),
});
export type Run = z.infer<typeof runSchema>;

/** What the pages with many runs need of each: a third of it all. */
export const listedRunSchema = runSchema
  .omit({ datasetVersion: true, baseSha256: true, machine: true, initialSha256: true, repeats: true })
  .extend({
    options: trainOptionsSchema.pick({ epochs: true }),
    result: runResultSchema
      .pick({
        ...{ seconds: true, firstLoss: true, lastLoss: true, baseValidationLoss: true, bestValidationLoss: true },
        ...{ baseSha256Before: true, baseSha256After: true },
      })
      .nullable(),
  });
export type ListedRun = z.infer<typeof listedRunSchema>;

/** A validation row that is answered repeatedly during a run. */
export const sampleRowSchema = z.object({ exampleId: z.string(), context: z.string(), target: z.string() });
export type SampleRow = z.infer<typeof sampleRowSchema>;

/** `score` is the task's main measure, from 0 to 1. */
export const sampleAnswerSchema = z.object({
  text: z.string(),
  score: z.number(),
  marks: z.record(z.string(), z.number()),
});
export type SampleAnswer = z.infer<typeof sampleAnswerSchema>;

/** Events of a run. They are stored, numbered from 1 in `sequence`, and replayed to later watchers. */
export const runEventSchema = z.discriminatedUnion('kind', [
  /**
   * How much of the base has been loaded, from 0 to 1; at 1, runs that were started together wait for their turn.
   * Forgotten once the training starts.
   */
  z.object({ kind: z.literal('loading'), share: z.number() }),
  z.object({
    kind: z.literal('started'),
    totalSteps: z.number().int(),
    trainRows: z.number().int(),
    validationRows: z.number().int(),
    /** Size of the training split, where only as many rows were drawn from it as the run can read. */
    drawnFrom: z.number().int().optional(),
    /** Rows left out because their target does not fit, and rows whose context was shortened. */
    leftOut: z.number().int(),
    cut: z.number().int(),
    trainableParameters: z.number().int(),
    totalParameters: z.number().int(),
    device: z.string(),
    samples: z.array(sampleRowSchema).optional(),
    mainMetric: z.string().optional(),
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
  /** Step 0 is the starting point: the base model, or an adapter, in which case `base` is given as well. */
  z.object({
    kind: z.literal('validation'),
    step: z.number().int(),
    loss: z.number(),
    best: z.boolean(),
    /** One for each sample row, in order. */
    answers: z.array(sampleAnswerSchema).optional(),
    base: z.object({ loss: z.number(), answers: z.array(sampleAnswerSchema).optional() }).optional(),
  }),
  /** A loss far above the usual, or not a number (null), and the rows that caused it. */
  z.object({
    kind: z.literal('spike'),
    step: z.number().int(),
    loss: z.number().nullable(),
    usual: z.number().nullable(),
    rows: z.array(z.object({ exampleId: z.string(), asked: z.string(), loss: z.number().nullable() })),
  }),
  z.object({ kind: z.literal('checkpoint'), step: z.number().int() }),
  z.object({ kind: z.literal('finished'), state: runStateSchema, adapterId: z.string().nullable() }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export const estimateSchema = z.object({
  memory: z.object({
    bytes: z.number().int(),
    parts: z.record(z.string(), z.number().int()),
    /** What could be had now, including what the studio's model already occupies. */
    availableBytes: z.number().int(),
  }),
  disk: z.object({ bytes: z.number().int(), availableBytes: z.number().int() }),
  time: z.object({
    seconds: z.number(),
    steps: z.number().int(),
    /** Measured on this machine by an earlier run or a short probe, or estimated from the model's size. */
    basis: z.enum(['run', 'probe', 'guess']),
  }),
  /**
   * Training rows read before the last step, out of how many, and how often each is read (a fraction if not all are).
   * Of the rows read, `cut` are shortened; `leftOut` are not read, as their target does not fit.
   */
  data: z.object({
    ...{ rows: z.number().int(), of: z.number().int(), passes: z.number() },
    ...{ cut: z.number().int(), leftOut: z.number().int() },
    /** Tokens of the longest row, whole, of those that were counted. */
    longest: z.number().int(),
    /** Tokens for each letter if the base hardly knows the rows' script; null if it does. */
    unreadScript: z.number().nullable(),
  }),
  /** Over the rows that are read, each counted once. */
  tokens: z.object({ total: z.number().int(), target: z.number().int(), cut: z.number().int() }),
  trainableParameters: z.number().int(),
  totalParameters: z.number().int(),
  options: trainOptionsSchema,
  /**
   * For several that train together, in which case memory, disk, time and trained parameters are totals; null for a
   * single one.
   */
  group: z
    .object({
      runs: z.number().int(),
      /** The most that share a pass; 1 where each step saturates the machine on its own. */
      together: z.number().int(),
      /** What the first would take on its own. */
      alone: z.object({ seconds: z.number(), memoryBytes: z.number().int() }),
    })
    .nullable(),
  fits: z.boolean(),
  /** If it does not fit: the nearest settings that do; null if none do. */
  remedy: trainOptionsSchema
    .pick({ batchSize: true, maxLength: true, precision: true, gradientCheckpointing: true })
    .nullable(),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** Settings saved under a name for reuse. */
export const trainingSettingsSchema = z.object({
  id: z.string(),
  name: z.string(),
  preset: presetSchema.nullable(),
  /** What differs from the preset. */
  options: trainOptionsSchema.partial(),
  createdAt: z.number().int(),
});
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;
