import { statfsSync } from 'node:fs';
import { diskFull, isDiskFull } from '../src-contract/disk-full.ts';

/** The error itself, or as `diskFull` says when it tells, be it in SQLite's words, that the disk, or a quota on it, has no room left. */
export function orDiskOrDatabaseFull(error: unknown, folder: string, neededBytes?: number): unknown {
  return isDiskFull(error) || isDatabaseFull(error, folder) ? diskFull(folder, neededBytes, error) : error;
}

function isDatabaseFull(error: unknown, folder: string): boolean {
  if (!(error instanceof Error && 'code' in error)) return false;
  // SQLite has no room for its shared memory either, and calls that an error of reading or writing.
  return error.code === 'SQLITE_FULL' || (String(error.code).startsWith('SQLITE_IOERR') && !hasRoom(folder));
}

/** True where a file of SQLite's shared memory still finds its place. */
function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= 64 * 1024;
}
