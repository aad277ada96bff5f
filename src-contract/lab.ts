import { z } from 'zod';
import { targetSchema } from './adapter.ts';
import { keptFailureSchema } from './kept-failure.ts';

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

/** What is listed twice would be done twice under one name. */
function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** What an experiment can be told. Each uses a part of it; what was settled is stored with the result. */
export const labOptionsSchema = z.object({
  seeds: z.array(z.number().int().min(0).max(1_000_000_000)).min(1).max(10).overwrite(distinct),
  /** Optimiser steps of each training. */
  steps: z.number().int().min(1).max(100_000),
  /** Rows of one optimiser step. */
  batchSize: z.number().int().min(1).max(256),
  maxLength: z.number().int().min(16).max(8192),
  learningRate: z.number().positive().max(1),
  /** Held equal over all ranks, as in the paper. */
  alpha: z.number().positive().max(10_000),
  ranks: z.array(z.number().int().min(1).max(4096)).min(1).max(12).overwrite(distinct),
  targetSets: z.array(z.array(targetSchema).overwrite(distinct).min(1).max(7)).min(1).max(12).overwrite(distinct),
  /** The rank that one matrix gets where a budget is shared out among several. */
  budgetRank: z.number().int().min(1).max(4096),
  /** Rows of the validation split that the loss is measured on. */
  validationRows: z.number().int().min(1).max(200),
  /** Rows of the test split that are answered and marked; 0 leaves it at the loss. */
  metricRows: z.number().int().min(0).max(1000),
  /** Measurements of each case, where time is measured. */
  trials: z.number().int().min(3).max(1000),
  /** Rows × tokens of the forward passes that are timed. */
  passes: z
    .array(z.object({ rows: z.number().int().min(1).max(256), tokens: z.number().int().min(1).max(4096) }))
    .min(1)
    .max(16)
    .overwrite(distinct),
  /** Widths of the adapter layers that are timed. */
  bottlenecks: z.array(z.number().int().min(1).max(4096)).min(1).max(8).overwrite(distinct),
  /** An adapter of the studio to look at, instead of one trained for the purpose. */
  adapterId: z.string().nullable(),
});
export type LabOptions = z.infer<typeof labOptionsSchema>;

export const startLabInputSchema = z.object({
  kind: labKindSchema,
  baseModelId: z.string(),
  /** Left out where an experiment needs no rows. */
  datasetId: z.string().optional(),
  /** What differs from the lab's own proposal. */
  options: labOptionsSchema.partial().optional(),
  /** Does an ended experiment anew, with its settings and nothing taken over, and compares the numbers. */
  repeatOf: z.string().optional(),
});
export type StartLabInput = z.infer<typeof startLabInputSchema>;

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One finished part of an experiment: a trained cell, a timed case, a heat map. */
export const labCellSchema = z.object({
  key: z.string(),
  /** What was set and what was found; the same at every repeat. */
  values: z.record(z.string(), scalarSchema),
  /** What depends on the machine and its mood: times, speeds, memory. */
  timings: z.record(z.string(), z.number()),
  /** φ by [i − 1][j − 1], where the part is a heat map. */
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
  task: z.string().nullable(),
  /** The adapter of the studio that is looked at; not there where it trains its own, nor in results of earlier versions. */
  adapter: z.object({ name: z.string(), sha256: z.string() }).optional(),
  /** The measure that decides for the task; null where none is taken. */
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
  /** Parts that there will be; 0 before it is known. */
  total: z.number().int(),
  /** Time spent on it, over all its sittings. */
  seconds: z.number(),
  /** The experiment that this one repeats, and in how many of its numbers the two agree. */
  repeat: z.object({ of: z.string(), equal: z.number().int(), compared: z.number().int() }).nullable(),
  error: keptFailureSchema.nullable(),
  createdAt: z.number().int(),
  finishedAt: z.number().int().nullable(),
});
export type LabExperiment = z.infer<typeof labExperimentSchema>;

export const labEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), total: z.number().int() }),
  z.object({
    kind: z.literal('progress'),
    /** Parts done, and what is being done now with its own count. */
    done: z.number().int(),
    total: z.number().int(),
    /** How much of the whole is over, from 0 to 1; absent in what was kept before this was told. */
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

/** Whether the paper's finding is seen here: `unclear` where the spread is too wide to say, `open` before there is enough. */
export const labVerdictSchema = z.enum(['holds', 'partly', 'not', 'unclear', 'open']);
export type LabVerdict = z.infer<typeof labVerdictSchema>;

export const labTableSchema = z.object({
  title: z.string(),
  /** `ours` or `paper`, which the page marks. */
  whose: z.enum(['ours', 'paper']),
  note: z.string(),
  columns: z.array(z.string()),
  rows: z.array(
    z.array(
      z.object({
        text: z.string(),
        spread: z.string().optional() /** Up to 0.5: the lighter half of the ramp, on which ink can be read. */,
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
  /** A choice among several of the same kind, such as the layer. */
  group: z.string().nullable(),
  /** Our own drawing: its colours are the page's tokens, with fixed ones where there are none. */
  svg: z.string(),
  /** Where heat maps lie in it, in its own units, with their values [i − 1][j − 1]. */
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
  /** One sentence computed from the numbers, and one with the numbers in it. */
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

/** [out, in] of each matrix that LoRA can adapt, the same in every layer; a model may be narrower or wider there than elsewhere. */
export const matrixShapesSchema = z.partialRecord(targetSchema, z.tuple([z.number().int(), z.number().int()]));
export type MatrixShapes = z.infer<typeof matrixShapesSchema>;

/** A card of the lab's page: an experiment, what the paper found, and what it would take here. */
export const labCardsInputSchema = z.object({
  baseModelId: z.string(),
  datasetId: z.string().nullable(),
  language: labLanguageSchema,
  /** What a person set apart from the proposals: the times that are told are those with it. */
  changes: z.partialRecord(labKindSchema, labOptionsSchema.partial()).optional(),
});
export type LabCardsInput = z.infer<typeof labCardsInputSchema>;

export const labCardSchema = z.object({
  kind: labKindSchema,
  place: z.string(),
  question: z.string(),
  /** What the thumbnail is: the paper's numbers, or a sketch where the paper has a picture. */
  thumbnailIs: z.enum(['paper', 'sketch']),
  thumbnail: z.string(),
  needsDataset: z.boolean(),
  options: labOptionsSchema,
  /** Options that this experiment listens to. */
  uses: z.array(z.string()),
  /** Null while this machine's speed is not known. */
  seconds: z.number().nullable(),
  latest: z
    .object({
      id: z.string(),
      state: labExperimentSchema.shape.state,
      done: z.number().int(),
      total: z.number().int(),
      verdict: labVerdictSchema,
      short: z.string(),
      /** Why it ended early, where that is known. */
      error: keptFailureSchema.nullable(),
    })
    .nullable(),
});
export type LabCard = z.infer<typeof labCardSchema>;
