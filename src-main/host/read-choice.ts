import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** The JSON of a small file; undefined if it is missing or damaged: then nothing was ever chosen. */
export function readChoice<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
