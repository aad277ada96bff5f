import { dirname } from 'node:path';
import { diskFull, isDiskFull } from '../src-contract/disk-full.ts';
import { StudioError } from '../src-contract/errors.ts';
import { because } from '../src-contract/failure-reason.ts';

/**
 * OPTION_INVALID for a path that cannot be written, with the system's reason, or DISK_FULL; an error that is not the
 * system's is returned as it is.
 */
export function unwritable(cause: unknown, { option, path }: { option: string; path: string }): unknown {
  if (isDiskFull(cause)) return diskFull(dirname(path), undefined, cause);
  if (!(cause instanceof Error && 'code' in cause && 'syscall' in cause)) return cause;
  const code = String(cause.code);
  if (code === 'ENOENT') {
    const why = because('PATH_FOLDER_MISSING', { folder: dirname(path) });
    return new StudioError('OPTION_INVALID', { option, ...why }, { cause });
  }
  const known = reasons[code];
  const why = known === undefined ? because('PATH_UNWRITABLE', { path, code }) : because(known, { path });
  return new StudioError('OPTION_INVALID', { option, ...why }, { cause });
}

const reasons: Partial<Record<string, 'PATH_READ_ONLY' | 'PATH_FORBIDDEN' | 'PATH_FILE_IN_WAY'>> = {
  EROFS: 'PATH_READ_ONLY',
  EACCES: 'PATH_FORBIDDEN',
  EPERM: 'PATH_FORBIDDEN',
  EEXIST: 'PATH_FILE_IN_WAY',
  ENOTDIR: 'PATH_FILE_IN_WAY',
};
