import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/**
 * Whether a file of SQLite's shared memory still fits. Only writing one tells: of a quota, or of a disk that takes no more
 * names, the free bytes say nothing.
 */
function hasRoom(folder: string): boolean {
  const path = join(folder, `.room-${randomBytes(8).toString('hex')}`);
  try {
    const file = openSync(path, 'wx');
    try {
      // Its name goes before its bytes come, so that a process killed here leaves nothing.
      rmSync(path);
      writeFileSync(file, randomBytes(64 * 1024), { flush: true });
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    return !isDiskFull(error);
  }
}
