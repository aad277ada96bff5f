import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** Writes a small file atomically, even if the power fails: an empty one would mean that nothing was ever chosen. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.partial`, text, { flush: true });
  renameSync(`${file}.partial`, file);
}

/** The JSON of a small file; undefined if it is missing or damaged: then nothing was ever chosen. */
export function readChoice<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
