import { statfsSync } from 'node:fs';
import { diskFull, isDiskFull } from '../../src-contract/disk-full.ts';

/**
 * `diskFull` if the error, perhaps one of SQLite's, says that the disk or a quota is full; otherwise the error itself.
 */
export function orDiskOrDatabaseFull(error: unknown, folder: string, neededBytes?: number): unknown {
  return isDiskFull(error) || isDatabaseFull(error, folder) ? diskFull(folder, neededBytes, error) : error;
}

function isDatabaseFull(error: unknown, folder: string): boolean {
  if (!(error instanceof Error && 'code' in error)) return false;
  // Without room for its shared memory, SQLite reports an I/O error; without room for a name, that it cannot open a file.
  return error.code === 'SQLITE_FULL' || (/^SQLITE_(IOERR|CANTOPEN)/.test(String(error.code)) && !hasRoom(folder));
}

/** Whether a file of SQLite's shared memory still fits. */
function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= 64 * 1024;
}
