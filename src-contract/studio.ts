import { z } from 'zod';

/** What the status line shows. */
export const studioStatusSchema = z.object({
  version: z.string(),
  device: z.string(),
  threads: z.number().int(),
  /** Resident memory of the studio's process, engine included. */
  rssBytes: z.number().int(),
  totalMemoryBytes: z.number().int(),
  dataFolder: z.string(),
  job: z
    .object({
      kind: z.enum(['run', 'evaluation', 'lab']),
      id: z.string(),
      name: z.string(),
      done: z.number(),
      total: z.number(),
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
