import { readFile } from 'node:fs/promises';

/** The content of a text file; undefined if there is none. One that exists but cannot be read is an error. */
export async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
