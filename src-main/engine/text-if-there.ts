import { readFile } from 'node:fs/promises';

/** What a text file holds; undefined where there is none. One that is there and cannot be read is an error, not none. */
export async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
