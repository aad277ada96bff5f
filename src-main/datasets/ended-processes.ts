import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnName } from '../own-name.ts';

/** Removes from a folder in which each process has one of its own, named by its token, those of processes that have ended. */
export async function removeEnded(root: string, isAlive: (token: string) => boolean): Promise<void> {
  for (const token of await readdir(root).catch(() => [])) {
    if (isOwnName(token) && !isAlive(token)) await rm(join(root, token), { recursive: true, force: true });
  }
}
