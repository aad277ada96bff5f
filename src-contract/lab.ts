import { z } from 'zod';
import { targetSchema } from './adapter.ts';
import { datasetSchema } from './dataset.ts';
import { distinct } from './distinct.ts';
import { keptFailureSchema } from './kept-failure.ts';
import { taskIdSchema } from './task.ts';

/** The experiments of the LoRA paper (Hu et al. 2021) that the lab repeats. */
export const labKindSchema = z.enum([
  'table1',
  'table5',
  'table6',
  'table7',
  'fig3',
  'fig4',
  'benefits',
  'ranktofull',
  'onebatch',
]);
export type LabKind = z.infer<typeof labKindSchema>;

export const labLanguageSchema = z.enum(['en', 'ko']);
export type LabLanguage = z.infer<typeof labLanguageSchema>;

/** Options of an experiment. Each uses some of them; the values used are stored with the result. */
export const labOptionsSchema = z.object({
  seeds: z.array(z.number().int().min(0).max(1_000_000_000)).min(1).max(10).overwrite(distinct),
  /** Optimiser steps per training. */
  steps: z.number().int().min(1).max(100_000),
  /** Rows per optimiser step. */
  batchSize: z.number().int().min(1).max(256),
  maxLength: z.number().int().min(16).max(8192),
  learningRate: z.number().positive().max(1),
  /** The same for all ranks, as in the paper. */
  alpha: z.number().positive().max(10_000),
  ranks: z.array(z.number().int().min(1).max(4096)).min(1).max(12).overwrite(distinct),
  targetSets: z.array(z.array(targetSchema).overwrite(distinct).min(1).max(7)).min(1).max(12).overwrite(distinct),
  /** The rank that a single matrix gets where several share the same budget. */
  budgetRank: z.number().int().min(1).max(4096),
  /** Rows of the validation split to measure the loss on. */
  validationRows: z.number().int().min(1).max(200),
  /** Rows of the test split to answer and score; 0 measures only the loss. */
  metricRows: z.number().int().min(0).max(1000),
  /** Repetitions of each timed case. */
  trials: z.number().int().min(3).max(1000),
  /** Rows × tokens of the timed forward passes. */
  passes: z
    .array(z.object({ rows: z.number().int().min(1).max(256), tokens: z.number().int().min(1).max(4096) }))
    .min(1)
    .max(16)
    .overwrite(distinct),
  /** Widths of the timed adapter layers. */
  bottlenecks: z.array(z.number().int().min(1).max(4096)).min(1).max(8).overwrite(distinct),
  /** An adapter of the studio to analyse, instead of training one for the purpose. */
  adapterId: z.string().nullable(),
});
export type LabOptions = z.infer<typeof labOptionsSchema>;

export const startLabInputSchema = z.object({
  kind: labKindSchema,
  baseModelId: z.string(),
  /** Absent for experiments that need no rows. */
  datasetId: z.string().optional(),
  /** What differs from the lab's own proposal. */
  options: labOptionsSchema.partial().optional(),
  /** Redoes a finished experiment from scratch with its settings, reusing nothing, and compares the numbers. */
  repeatOf: z.string().optional(),
});
export type StartLabInput = z.infer<typeof startLabInputSchema>;

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One finished part of an experiment: a trained cell, a timed case, a heat map. */
export const labCellSchema = z.object({
  key: z.string(),
  /** Settings and findings; identical in every repeat. */
  values: z.record(z.string(), scalarSchema),
  /** What depends on the machine and its load: times, speeds, memory. */
  timings: z.record(z.string(), z.number()),
  /** φ by [i − 1][j − 1], if the part is a heat map. */
  map: z.array(z.array(z.number())).optional(),
});
export type LabCell = z.infer<typeof labCellSchema>;

/** What a result depends on besides its options. */
export const labFactsSchema = z.object({
  baseModel: z.string(),
  baseSha256: z.string(),
  parameters: z.number(),
  layers: z.number(),
  hidden: z.number(),
  dataset: z.string().nullable(),
  datasetSha256: z.string().nullable(),
  task: taskIdSchema.nullable(),
  /** How many rows the dataset has in each split; absent without one, and in results of earlier versions. */
  splits: datasetSchema.shape.splits.optional(),
  /** The adapter that is analysed; absent if the experiment trains its own, and in results of earlier versions. */
  adapter: z
    .object({
      name: z.string(),
      sha256: z.string(),
      /** Of the base and of the adapter, on the validation rows of its run; null without any. */
      baseLoss: z.number().nullable().optional(),
      loss: z.number().nullable().optional(),
    })
    .optional(),
  /** The task's main measure; null if none is taken. */
  metric: z.string().nullable(),
  chatTemplate: z.boolean(),
  machine: z.object({
    device: z.string(),
    processor: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
    platform: z.string(),
    node: z.string(),
    studio: z.string(),
  }),
});
export type LabFacts = z.infer<typeof labFactsSchema>;

export const labExperimentSchema = z.object({
  id: z.string(),
  kind: labKindSchema,
  state: z.enum(['queued', 'running', 'finished', 'stopped', 'failed', 'interrupted']),
  baseModelId: z.string(),
  datasetId: z.string().nullable(),
  options: labOptionsSchema,
  facts: labFactsSchema,
  cells: z.array(labCellSchema),
  /** Total number of parts; 0 before it is known. */
  total: z.number().int(),
  /** Time spent on it, over all sessions. */
  seconds: z.number(),
  /** The experiment that this one repeats, and how many of the compared numbers are equal. */
  repeat: z.object({ of: z.string(), equal: z.number().int(), compared: z.number().int() }).nullable(),
  error: keptFailureSchema.nullable(),
  createdAt: z.number().int(),
  finishedAt: z.number().int().nullable(),
});
export type LabExperiment = z.infer<typeof labExperimentSchema>;

/** In a list: how many parts are finished, in place of the parts, of which one experiment can have hundreds. */
export const listedExperimentSchema = labExperimentSchema.omit({ cells: true }).extend({ done: z.number().int() });
export type ListedExperiment = z.infer<typeof listedExperimentSchema>;

export const labEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), total: z.number().int() }),
  z.object({
    kind: z.literal('progress'),
    /** Finished parts; the current one is `now`, with its own `step` and `steps`. */
    done: z.number().int(),
    total: z.number().int(),
    /** Overall progress from 0 to 1; absent in events stored by earlier versions. */
    fraction: z.number().optional(),
    now: z.string(),
    step: z.number(),
    steps: z.number(),
    secondsLeft: z.number().nullable(),
  }),
  z.object({ kind: z.literal('cell'), cell: labCellSchema }),
  z.object({ kind: z.literal('finished'), experiment: labExperimentSchema }),
]);
export type LabEvent = z.infer<typeof labEventSchema>;

/**
 * Whether the paper's finding is confirmed here: `unclear` if the spread is too wide to say, the seeds are too few or
 * nothing was learned, `open` if there is not enough yet.
 */
export const labVerdictSchema = z.enum(['holds', 'partly', 'not', 'unclear', 'open']);
export type LabVerdict = z.infer<typeof labVerdictSchema>;

export const labTableSchema = z.object({
  title: z.string(),
  /** `ours` or `paper`, which the page labels. */
  whose: z.enum(['ours', 'paper']),
  note: z.string(),
  columns: z.array(z.string()),
  rows: z.array(
    z.array(
      z.object({
        text: z.string(),
        spread: z.string().optional(),
        /** At most 0.5: the lighter half of the colour ramp, on which text is readable. */
        heat: z.number().min(0).max(0.5).optional(),
      }),
    ),
  ),
});
export type LabTable = z.infer<typeof labTableSchema>;

export const labPictureSchema = z.object({
  name: z.string(),
  title: z.string(),
  whose: z.enum(['ours', 'paper']),
  /** One of several pictures of the same kind, such as the layer. */
  group: z.string().nullable(),
  /** Our own drawing: coloured by the page's tokens, with fixed fallback colours. */
  svg: z.string(),
  /** Where the heat maps are in it, in its own units, with their values [i − 1][j − 1]. */
  maps: z.array(
    z.object({
      name: z.string(),
      values: z.array(z.array(z.number())),
      x: z.number(),
      y: z.number(),
      cellWidth: z.number(),
      cellHeight: z.number(),
    }),
  ),
});
export type LabPicture = z.infer<typeof labPictureSchema>;

/** A result in words and pictures, in one language. */
export const labViewSchema = z.object({
  kind: labKindSchema,
  place: z.string(),
  question: z.string(),
  verdict: labVerdictSchema,
  /** One sentence computed from the numbers, and one that states them. */
  reading: z.string(),
  because: z.string(),
  explanation: z.array(z.string()),
  /** Options that the result depends on. */
  uses: z.array(z.string()),
  caption: z.string(),
  tables: z.array(labTableSchema),
  pictures: z.array(labPictureSchema),
});
export type LabView = z.infer<typeof labViewSchema>;

/** [out, in] of each matrix that LoRA can adapt, the same in every layer; its width can differ from the model's. */
export const matrixShapesSchema = z.partialRecord(targetSchema, z.tuple([z.number().int(), z.number().int()]));
export type MatrixShapes = z.infer<typeof matrixShapesSchema>;

/** A card on the lab's page: an experiment, the paper's findings, and what it would take here. */
export const labCardsInputSchema = z.object({
  baseModelId: z.string(),
  datasetId: z.string().nullable(),
  language: labLanguageSchema,
  /** Settings that the person changed from the proposals; time estimates take them into account. */
  changes: z.partialRecord(labKindSchema, labOptionsSchema.partial()).optional(),
});
export type LabCardsInput = z.infer<typeof labCardsInputSchema>;

export const labCardSchema = z.object({
  kind: labKindSchema,
  place: z.string(),
  question: z.string(),
  /** What the thumbnail shows: the paper's numbers, or a sketch where the paper has a picture. */
  thumbnailIs: z.enum(['paper', 'sketch']),
  thumbnail: z.string(),
  needsDataset: z.boolean(),
  options: labOptionsSchema,
  /** Options that this experiment uses. */
  uses: z.array(z.string()),
  /** How many seeds and ranks it takes, if not any number. */
  takes: z.object({ seeds: z.number().int(), ranks: z.number().int() }).partial(),
  /** Null until this machine's speed is known. */
  seconds: z.number().nullable(),
  latest: z
    .object({
      id: z.string(),
      state: labExperimentSchema.shape.state,
      done: z.number().int(),
      total: z.number().int(),
      verdict: labVerdictSchema,
      short: z.string(),
      /** Why it ended early, if known. */
      error: keptFailureSchema.nullable(),
    })
    .nullable(),
});
export type LabCard = z.infer<typeof labCardSchema>;
