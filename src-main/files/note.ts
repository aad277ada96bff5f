import type { z } from 'zod';
import { textIfThere } from './text-if-there.ts';
import { writeOwnWhole } from './write-whole.ts';

/**
 * Writes a small file that marks others beside it as complete. It is synced before it gets its name, so that a power
 * cut cannot leave an empty one.
 */
export async function writeNote(path: string, value: unknown): Promise<void> {
  await writeOwnWhole(path, JSON.stringify(value));
}

/** The content of a note; undefined if there is none, or if it is invalid: a truncated text is not a note. */
export async function readNote<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  const text = await textIfThere(path);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
