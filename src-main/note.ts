import { open, rename } from 'node:fs/promises';
import type { z } from 'zod';
import { textIfThere } from './text-if-there.ts';

/**
 * Writes a small file that says of others beside it that they are whole: on the disk before it has its name, so that it is not
 * an empty one after a power cut.
 */
export async function writeNote(path: string, value: unknown): Promise<void> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'w');
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

/** What a note says; undefined where there is none, or where what is there says nothing: a cut-off text is no note. */
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
