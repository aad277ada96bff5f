import { z } from 'zod';
import { keptFailureSchema } from './kept-failure.ts';

/** A folder that the studio itself has found. A page names it by `id`; a path that the page made up means nothing. */
const foundFolderSchema = z.object({ id: z.string(), path: z.string() });

export const dataFoldersSchema = z.object({
  /** Whether this host can change to another folder while it runs. */
  available: z.boolean(),
  /** Whether the system's own dialog for folders can be opened. */
  canChoose: z.boolean(),
  /** Data folders that were opened before or lie beside this one; this one first. */
  studios: z.array(foundFolderSchema.extend({ isOpen: z.boolean() })),
  /** Newest first. */
  backups: z.array(foundFolderSchema.extend({ createdAt: z.number(), bytes: z.number(), files: z.number().int() })),
  /** Where a new folder can be made. `isSameDisk`: moving there takes no copy. */
  places: z.array(foundFolderSchema.extend({ freeBytes: z.number(), isSameDisk: z.boolean() })),
  /** Why the last change to another folder did not come about; null where it did, and where there was none. */
  failure: keptFailureSchema.nullable(),
});
export type DataFolders = z.infer<typeof dataFoldersSchema>;

/** One part of a path, of letters, digits and a few signs, that every platform takes. */
export const folderNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u)
  .refine((name) => !/[. ]$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name));
