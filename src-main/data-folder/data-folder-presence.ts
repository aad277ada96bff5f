import { mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { unwritable } from '../files/unwritable.ts';

/**
 * Returns a check that throws DATA_FOLDER_GONE once the database file is no longer the one that is open: most systems
 * let it be removed or moved, and everything written from then on would be lost silently.
 */
export function requiringFile(file: string, { folder }: { folder: string }): () => void {
  const opened = statSync(file).ino;
  return () => {
    if (statSync(file, { throwIfNoEntry: false })?.ino !== opened)
      throw new StudioError('DATA_FOLDER_GONE', { folder });
  };
}

/**
 * DATA_FOLDER_UNUSABLE if the system or SQLite has failed in a folder that can no longer be written, such as one on a
 * disk that became read-only; otherwise the error itself.
 */
export function orNotWritable(error: unknown, folder: string): unknown {
  const isSystems = error instanceof Error && 'code' in error && /^(SQLITE_\w+|E[A-Z0-9]+)$/.test(String(error.code));
  if (!isSystems) return error;
  try {
    // A disk that Linux has stopped writing to is still said to be writable: what is made there tells.
    rmdirSync(mkdtempSync(join(folder, '.writable-')));
    return error;
  } catch (cause) {
    return unwritable(cause, { option: 'home', path: folder });
  }
}
