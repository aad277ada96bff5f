import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a text that takes the place of the file at a path at once: what was there stays whole until the new one is. A
 * device, a pipe or a link is written as it stands. Throws the system's errors.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile()) return await writeFile(path, text, { flush: true });
  await writeAsideOf(path, text);
}

/** Like `writeWhole`, in a folder of the studio's own: removes what a crash has left of it, and writes through no link. */
export async function writeOwnWhole(path: string, text: string): Promise<void> {
  removeLeft(path);
  await writeAsideOf(path, text);
}

/** Like `writeOwnWhole`, before anything else happens: a window that closes waits for nothing. */
export function writeOwnWholeSync(path: string, text: string): void {
  removeLeft(path);
  const partial = partialOf(path);
  try {
    writeFileSync(partial, text, { flush: true, flag: 'wx' });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

async function writeAsideOf(path: string, text: string): Promise<void> {
  const partial = partialOf(path);
  await writeAside(partial, (file) => file.writeFile(text), { name: () => rename(partial, path) });
}

/** A name that no other writer of the same file has: one of them is there whole in the end. */
function partialOf(path: string): string {
  return `${path}.${randomBytes(8).toString('hex')}.partial`;
}

/** What is new may be written at this moment. */
function removeLeft(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    if (!isLeftOf(basename(path), name)) continue;
    const partial = join(dirname(path), name);
    try {
      if (lstatSync(partial).mtimeMs < Date.now() - longestMs) rmSync(partial);
    } catch {
      // One that another writer has removed, or that cannot be removed, is in nobody's way.
    }
  }
}

/** Whether a file was to become another; earlier versions wrote it always under the same name. */
export function isLeftOf(name: string, partial: string): boolean {
  return partial.startsWith(name) && /^(?:\.[0-9a-f]{16})?\.partial$/.test(partial.slice(name.length));
}

/** Small texts take less, also on a disk that is far away. */
const longestMs = 60_000;

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
