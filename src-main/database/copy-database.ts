import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import BetterSqlite3 from 'better-sqlite3';
import { takeBackCutOff } from './cut-off-change.ts';

/**
 * Copies a SQLite file as a snapshot, even while it is in use. Throws if it is not a database, the reason `signal` is
 * aborted with, and the system's error or SQLITE_IOERR_WRITE where the disk does not take the copy.
 */
export async function copyDatabase(from: string, to: string, signal: AbortSignal): Promise<void> {
  takeBackCutOff(from);
  const database = new BetterSqlite3(from, { readonly: true, fileMustExist: true });
  try {
    await database.backup(to, {
      progress() {
        signal.throwIfAborted();
        return pagesAtOnce;
      },
    });
  } catch (error) {
    throw isUnclear(error) ? await whatFailed({ from, to }, error, signal) : error;
  } finally {
    database.close();
  }
}

/** Pages copied between turns of the event loop: SQLite's own number. */
const pagesAtOnce = 100;

/** A copy that breaks off says nothing more: neither which of the two files it was, nor why. */
function isUnclear(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_IOERR';
}

/** Reading all of the one and writing on in the other tells. */
async function whatFailed(
  { from, to }: { from: string; to: string },
  cause: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    for await (const _ of createReadStream(from)) signal.throwIfAborted();
  } catch (error) {
    return error;
  }
  try {
    await writeFile(to, new Uint8Array(1 << 20), { flag: 'a', flush: true });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && error.syscall !== 'open') return error;
  }
  return Object.assign(new Error('the copy could not be written', { cause }), { code: 'SQLITE_IOERR_WRITE' });
}
