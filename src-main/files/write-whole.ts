import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a text that takes the place of the file at a path at once: what was there stays whole until the new one is. A
 * device, a pipe or a link is written as it stands. Throws the system's errors.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile()) return await writeFile(path, text, { flush: true });
  const partial = `${path}.${randomBytes(8).toString('hex')}.partial`;
  await writeAside(partial, (file) => file.writeFile(text), { name: () => rename(partial, path) });
}

/**
 * Like `writeWhole`, in a folder of the studio's own: always beside it under the same name, so that the next attempt
 * overwrites what a crash has left.
 */
export async function writeOwnWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`;
  // A link, in a data folder from somebody else, may lead to any file.
  await rm(partial, { force: true });
  await writeAside(partial, (file) => file.writeFile(text), { name: () => rename(partial, path) });
}

/**
 * Writes a new file under another name than its own, and syncs it before it gets that: a file is there whole, after a
 * power cut too, or not at all. What `write` or `name` throws leaves nothing. Throws EEXIST if something is at `partial`.
 */
export async function writeAside<Result>(
  partial: string,
  write: (file: FileHandle) => Promise<Result>,
  { name }: { name: () => Promise<void> },
): Promise<Result> {
  const file = await open(partial, 'wx');
  let isNamed = false;
  try {
    const result = await write(file);
    await file.sync();
    await file.close();
    await name();
    isNamed = true;
    return result;
  } finally {
    if (!isNamed) {
      await file.close().catch(() => undefined);
      await rm(partial, { force: true });
    }
  }
}
