import { z } from 'zod';

/** How far a download is. Speed and time are null until they can be told. */
export const downloadProgressSchema = z.object({
  bytesDone: z.number().int(),
  bytesTotal: z.number().int(),
  bytesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
export type DownloadProgress = z.infer<typeof downloadProgressSchema>;
