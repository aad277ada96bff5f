import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** Writes a small file atomically, even if the power fails: an empty one would mean that nothing was ever chosen. */
export function writeWhole(file: string, text: string): void {
  const partial = `${file}.partial`;
  // Removed first: a link, in a data folder from somebody else, may lead to any file.
  rmSync(partial, { force: true });
  writeFileSync(partial, text, { flush: true, flag: 'wx' });
  renameSync(partial, file);
}

/** The JSON of a small file; undefined if it is missing or damaged: then nothing was ever chosen. */
export function readChoice<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
