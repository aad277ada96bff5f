import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diskFull, isDiskFull } from '../../src-contract/disk-full.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';

/**
 * OUT_UNUSABLE for a path that cannot be written, with the system's reason, DATA_FOLDER_UNUSABLE if it is the home, or
 * DISK_FULL; an error that is not the system's is returned as it is.
 */
export function unwritable(cause: unknown, { option, path }: Place): unknown {
  if (isDiskFull(cause)) return diskFull(dirname(path), undefined, cause);
  return isSystems(cause) ? told(cause, { option, path }) : cause;
}

/**
 * What `unwritable` makes of an error of the system or SQLite if writing there is what failed: the disk has refused it,
 * or takes nothing at all any more, as one that was pulled out or became read-only. Otherwise the error itself.
 */
export function orUnwritable(error: unknown, place: Place): unknown {
  if (isRefusal(error)) return told(error, place);
  if (!(error instanceof Error && 'code' in error && /^(SQLITE_\w+|E[A-Z0-9]+)$/.test(String(error.code))))
    return error;
  try {
    // A disk that Linux has stopped writing to is still said to be writable: what is made there tells.
    rmdirSync(mkdtempSync(join(place.option === 'home' ? place.path : dirname(place.path), '.writable-')));
    return error;
  } catch (cause) {
    return unwritable(cause, place);
  }
}

/** Whether a disk has refused what was written to a file, although it may still take others. */
export function isRefusal(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && 'code' in error)) return false;
  if (/^SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE)$/.test(String(error.code))) return true;
  return isSystems(error) && ['write', 'fsync'].includes(error.syscall ?? '') && refusals.has(String(error.code));
}

/** Those of a socket or a pipe, which fail in writing, too, are not among them. */
const refusals: ReadonlySet<string> = new Set(['EFBIG', 'EIO', 'ENODEV', 'ENXIO', 'EROFS', 'ESTALE']);

interface Place {
  readonly option: 'home' | 'out';
  readonly path: string;
}

function told(cause: NodeJS.ErrnoException, { option, path }: Place): StudioError {
  const why = whyUnwritable(cause, path);
  return new StudioError(option === 'home' ? 'DATA_FOLDER_UNUSABLE' : 'OUT_UNUSABLE', why, { cause });
}

function isSystems(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'code' in cause && 'syscall' in cause;
}

function whyUnwritable(cause: NodeJS.ErrnoException, path: string): Because {
  const code = String(cause.code);
  if (code === 'ENOENT') {
    // Of several folders made one in another, the first that could not be.
    const folder = dirname(cause.syscall === 'mkdir' ? (cause.path ?? path) : path);
    return because(existsSync(folder) ? 'PATH_TAKES_NOTHING' : 'PATH_FOLDER_MISSING', { folder });
  }
  const known = reasons[code];
  return known === undefined ? because('PATH_UNWRITABLE', { path, code }) : because(known, { path });
}

const reasons: Partial<
  Record<
    string,
    'PATH_READ_ONLY' | 'PATH_FORBIDDEN' | 'PATH_FILE_IN_WAY' | 'PATH_TAKEN' | 'PATH_TOO_LONG' | 'PATH_FILE_LIMIT'
  >
> = {
  EROFS: 'PATH_READ_ONLY',
  EACCES: 'PATH_FORBIDDEN',
  EPERM: 'PATH_FORBIDDEN',
  EEXIST: 'PATH_FILE_IN_WAY',
  ENOTDIR: 'PATH_FILE_IN_WAY',
  EISDIR: 'PATH_TAKEN',
  ENAMETOOLONG: 'PATH_TOO_LONG',
  EFBIG: 'PATH_FILE_LIMIT',
};
