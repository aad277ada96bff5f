import { z } from 'zod';
import { keptFailureSchema } from './kept-failure.ts';

/** A folder that the studio itself has found. Pages refer to it by `id`; a path made up by a page has no effect. */
const foundFolderSchema = z.object({ id: z.string(), path: z.string() });

export const dataFoldersSchema = z.object({
  /** Whether this host can switch to another folder while running. */
  available: z.boolean(),
  /** Whether the system's folder dialog can be opened. */
  canChoose: z.boolean(),
  /** Data folders that were opened before or are next to this one; this one first. */
  studios: z.array(foundFolderSchema.extend({ isOpen: z.boolean() })),
  /** Newest first. */
  backups: z.array(foundFolderSchema.extend({ createdAt: z.number(), bytes: z.number(), files: z.number().int() })),
  /** Where a new folder can be made. `isSameDisk`: moving there needs no copy. */
  places: z.array(foundFolderSchema.extend({ freeBytes: z.number(), isSameDisk: z.boolean() })),
  /** Why the last switch to another folder failed; null if it succeeded or there was none. */
  failure: keptFailureSchema.nullable(),
});
export type DataFolders = z.infer<typeof dataFoldersSchema>;

/** A path component of letters, digits and a few symbols that every platform accepts. */
export const folderNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u)
  .refine((name) => !/[. ]$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name));
