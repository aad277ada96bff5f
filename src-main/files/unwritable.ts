import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { diskFull, isDiskFull } from '../../src-contract/disk-full.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';

/**
 * OUT_UNUSABLE for a path that cannot be written, with the system's reason, DATA_FOLDER_UNUSABLE if it is the home, or
 * DISK_FULL; an error that is not the system's is returned as it is.
 */
export function unwritable(cause: unknown, { option, path }: { option: 'home' | 'out'; path: string }): unknown {
  if (isDiskFull(cause)) return diskFull(dirname(path), undefined, cause);
  if (!isSystems(cause)) return cause;
  return new StudioError(option === 'home' ? 'DATA_FOLDER_UNUSABLE' : 'OUT_UNUSABLE', whyUnwritable(cause, path), {
    cause,
  });
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
  Record<string, 'PATH_READ_ONLY' | 'PATH_FORBIDDEN' | 'PATH_FILE_IN_WAY' | 'PATH_TAKEN' | 'PATH_TOO_LONG'>
> = {
  EROFS: 'PATH_READ_ONLY',
  EACCES: 'PATH_FORBIDDEN',
  EPERM: 'PATH_FORBIDDEN',
  EEXIST: 'PATH_FILE_IN_WAY',
  ENOTDIR: 'PATH_FILE_IN_WAY',
  EISDIR: 'PATH_TAKEN',
  ENAMETOOLONG: 'PATH_TOO_LONG',
};
