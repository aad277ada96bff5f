import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { unwritable } from './unwritable.ts';

/**
 * Creates a folder and those above it, and expects that it can be written. Returns the uppermost one that was made, if
 * any. Throws DATA_FOLDER_UNUSABLE, or OUT_UNUSABLE for an `out`, and DISK_FULL.
 *
 * One by one, because Node 24's own `recursive` never returns where the system denies the existence of what is to be
 * made in a folder that exists, as Linux does in /proc.
 */
export function makeFolder(path: string, what: 'home' | 'out'): string | undefined {
  try {
    const first = make(path, what === 'home' ? ownerOnly : undefined);
    accessSync(path, constants.W_OK);
    return first;
  } catch (cause) {
    throw unwritable(cause, { option: what, path });
  }
}

/** Expects that SQLite can open this file, in a place that a person has named. Throws as `makeFolder` does. */
export function requireForDatabase(file: string, place: { option: 'home' | 'out'; path: string }): void {
  if (process.platform === 'win32' || Buffer.byteLength(file) <= mostBytes) return;
  throw unwritable(Object.assign(new Error(file), { code: 'ENAMETOOLONG', syscall: 'open' }), place);
}

/** Source: SQLite's MAX_PATHNAME for Unix, less the ending of a journal. */
const mostBytes = 504;

/** For folders of what a person made: systems usually let other users of a machine read what is new. */
export const ownerOnly = { mode: 0o700 } as const;

function make(path: string, how: typeof ownerOnly | undefined): string | undefined {
  if (isFolder(path)) return undefined;
  const above = dirname(path);
  const first = above === path || existsSync(above) ? undefined : make(above, how);
  try {
    mkdirSync(path, how);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (isFolder(path)) return first;
    throw error;
  }
  return first ?? path;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
