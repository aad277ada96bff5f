import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { unwritable } from './unwritable.ts';

/**
 * A unique path beside `path` for something that gets its name once it is complete: a fixed one might be another's
 * file, or belong to a second call. The parent folder must exist: a missing one is usually a typo. Throws
 * OUT_UNUSABLE if it does not or takes nothing new, and when something is at `path`, and DISK_FULL.
 */
export async function unfinishedPath(path: string): Promise<string> {
  await expectFree(path);
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.partial`;
  try {
    // Whether the system lets something be made there is only known once it has.
    await mkdir(unfinished);
    await rmdir(unfinished);
  } catch (cause) {
    throw unwritable(cause, { option: 'out', path });
  }
  return unfinished;
}

/** Whether a path is one that `unfinishedPath` has made. */
export function isUnfinishedPath(path: string): boolean {
  return /\.[0-9a-f]{16}\.partial$/.test(path);
}

/**
 * Removes what is at a path that `unfinishedPath` has made, and what is being written of it, under its name with something
 * appended.
 */
export async function removeUnfinished(unfinished: string): Promise<void> {
  const folder = dirname(unfinished);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(basename(unfinished))) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Gives something complete its name. Throws OUT_UNUSABLE when that has been taken meanwhile. */
export async function nameWhole(unfinished: string, path: string): Promise<void> {
  // Otherwise a file of the same name would be replaced.
  await expectFree(path);
  try {
    await rename(unfinished, path);
  } catch (cause) {
    throw unwritable(cause, { option: 'out', path });
  }
}

async function expectFree(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined) throw new StudioError('OUT_UNUSABLE', because('PATH_TAKEN', { path }));
}
