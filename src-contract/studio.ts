import { z } from 'zod';

/** What the status line shows. */
export const studioStatusSchema = z.object({
  version: z.string(),
  device: z.string(),
  threads: z.number().int(),
  /** Resident memory of the studio, the engine's process included. */
  rssBytes: z.number().int(),
  totalMemoryBytes: z.number().int(),
  dataFolder: z.string(),
  /** Whether the system's own dialog for folders can be opened from a page. */
  canChoosePath: z.boolean(),
  job: z
    .object({
      kind: z.enum(['run', 'evaluation', 'lab']),
      id: z.string(),
      name: z.string(),
      done: z.number(),
      total: z.number(),
      /** How much of it is over, from 0 to 1: parts that are under way count too. */
      fraction: z.number(),
      secondsLeft: z.number().nullable(),
    })
    .nullable(),
});
export type StudioStatus = z.infer<typeof studioStatusSchema>;

/** Tells pages which kind of thing has changed, so that lists stay true without polling. */
export const changeEventSchema = z.object({
  noun: z.enum(['dataset', 'base-model', 'adapter', 'run', 'evaluation', 'conversation', 'lab', 'status']),
});
export type ChangeEvent = z.infer<typeof changeEventSchema>;

/** What models can run on. */
export const deviceChoiceSchema = z.enum(['cpu', 'webgpu']);

/** What a person can set for the engine; it holds from the next start of the studio on. */
export const engineSettingsSchema = z.object({
  /** Null leaves the choice to the engine. */
  threads: z.number().int().min(1).max(256).nullable(),
  /** What models run on. A graphics processor is used when a person chose it, having seen it found and timed. */
  device: deviceChoiceSchema.default('cpu'),
});
export type EngineSettings = z.infer<typeof engineSettingsSchema>;

export const settingsSchema = engineSettingsSchema.extend({
  /** Logical cores of this machine. */
  cores: z.number().int(),
  /** What the variable ADAPTER_STUDIO_DEVICE says: a choice goes before the one that was made, of another word nothing follows. Null is none. */
  environmentDevice: z.string().nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** A device that models could run on, looked for and timed on this machine. */
export const deviceReportSchema = z.object({
  /** `cuda` is an NVIDIA card through TensorFlow, where a person installed that; a training can ask for it. */
  id: z.enum(['cpu', 'webgpu', 'cuda']),
  found: z.boolean(),
  device: z.string().nullable(),
  gigaflops: z.number().nullable(),
  /** Why it was not found, in the words of the library that looked for it. */
  reason: z.string().nullable(),
  /** Whether the engine was started for it. Where it was not found, no model runs. */
  used: z.boolean(),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;

export const backupEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal('finished'), folder: z.string(), files: z.number().int(), bytes: z.number() }),
]);
export type BackupEvent = z.infer<typeof backupEventSchema>;
