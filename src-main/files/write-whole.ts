import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a text that takes the place of the file at a path at once: what was there stays whole until the new one is. A
 * device, a pipe or a link is written as it stands. Throws the system's errors.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile()) return await writeFile(path, text, { flush: true });
  const partial = `${path}.${randomBytes(8).toString('hex')}.partial`;
  try {
    await writeFile(partial, text, { flush: true, flag: 'wx' });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
