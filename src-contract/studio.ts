import { z } from 'zod';

const studioJobSchema = z.object({
  kind: z.enum(['run', 'evaluation', 'answered-table', 'lab']),
  id: z.string(),
  name: z.string(),
  done: z.number(),
  total: z.number(),
  /** Progress from 0 to 1, counting parts in progress. */
  fraction: z.number(),
  secondsLeft: z.number().nullable(),
});
export type StudioJob = z.infer<typeof studioJobSchema>;

/** What the status line shows. */
export const studioStatusSchema = z.object({
  version: z.string(),
  device: z.string(),
  threads: z.number().int(),
  /** Resident memory of the studio, including the engine's process. */
  rssBytes: z.number().int(),
  totalMemoryBytes: z.number().int(),
  dataFolder: z.string(),
  /** Whether a page can open the system's folder dialog. */
  canChoosePath: z.boolean(),
  /** What is under way, at most one of each kind: training first. */
  jobs: z.array(studioJobSchema).readonly(),
});
export type StudioStatus = z.infer<typeof studioStatusSchema>;

/** Tells pages what kind of thing has changed, so that lists stay up to date without polling. */
export const changeEventSchema = z.object({
  noun: z.enum([
    ...['dataset', 'base-model', 'adapter', 'run', 'evaluation', 'answered-table', 'conversation', 'lab'],
    ...['endpoint', 'status'],
  ] as const),
});
export type ChangeEvent = z.infer<typeof changeEventSchema>;

/** What models can run on. */
export const deviceChoiceSchema = z.enum(['cpu', 'webgpu']);

/** Engine settings; they take effect at the next start of the studio. */
export const engineSettingsSchema = z.object({
  /** Null lets the engine choose. */
  threads: z.number().int().min(1).max(256).nullable(),
  /** What models run on. A GPU is used only if a person chose it after seeing it found and timed. */
  device: deviceChoiceSchema.default('cpu'),
});
export type EngineSettings = z.infer<typeof engineSettingsSchema>;

export const settingsSchema = engineSettingsSchema.extend({
  /** Logical cores of this machine. */
  cores: z.number().int(),
  /**
   * The value of ADAPTER_STUDIO_DEVICE: a valid device overrides the setting, anything else is ignored. Null if unset.
   */
  environmentDevice: z.string().nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** A device that models could run on, as found and timed on this machine. */
export const deviceReportSchema = z.object({
  /** `cuda` is an NVIDIA card used through TensorFlow, if a person has installed that; training can request it. */
  id: z.enum(['cpu', 'webgpu', 'cuda']),
  found: z.boolean(),
  device: z.string().nullable(),
  gigaflops: z.number().nullable(),
  /** Why it was not found, in the words of the library that looked for it. */
  reason: z.string().nullable(),
  /** Whether the engine was started on it. If it was not found, no model can run. */
  used: z.boolean(),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;

export const backupEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal('finished'), folder: z.string(), files: z.number().int(), bytes: z.number() }),
]);
export type BackupEvent = z.infer<typeof backupEventSchema>;
