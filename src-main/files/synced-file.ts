// Files that are on the disk when they are reported to be: they are complete after a power cut or an unplugged drive.
import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Reads a file, a megabyte at a time: into a hash, into a copy, which is synced, or into both. Throws the reason
 * `signal` is aborted with.
 */
export async function readInto(
  from: string,
  { hash, copy, signal }: { hash?: Hash; copy?: string | undefined; signal?: AbortSignal | undefined },
): Promise<void> {
  const into = copy === undefined ? undefined : await open(copy, 'w');
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20 })) {
      signal?.throwIfAborted();
      hash?.update(chunk as Buffer);
      if (into !== undefined) await into.writeFile(chunk as Buffer);
    }
    await into?.sync();
  } finally {
    await into?.close();
  }
}

export function copyFile(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  return readInto(from, { copy: to, signal });
}

/** Flushes what somebody else has written of a file to the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
