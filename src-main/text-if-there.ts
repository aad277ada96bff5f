import { readFile } from 'node:fs/promises';

/**
 * The content of a text file; undefined if there is none. One that exists but cannot be read is an error. The engine,
 * which imports nothing from the studio, has its own version.
 */
export async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
