import { statfsSync } from 'node:fs';
import { StudioError } from '../../src-contract/errors.ts';

/** The error itself, or DISK_FULL when it says that the disk, or a quota on it, has no room left. */
export function asDiskFull(error: unknown, folder: string, neededBytes = 0): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  // SQLite has no room for its shared memory either, and calls that an error of reading or writing.
  const isFull =
    ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code) || (code.startsWith('SQLITE_IOERR') && !hasRoom(folder));
  if (!isFull) return error;
  const needed = neededBytes < 1_000_000 ? '1 MB' : `${Math.ceil(neededBytes / 1_000_000)} MB`;
  return new StudioError('DISK_FULL', { needed, folder }, { cause: error });
}

/** True where a file of SQLite's shared memory still finds its place. */
function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= 64 * 1024;
}
