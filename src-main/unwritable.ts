import { dirname } from 'node:path';
import { diskFull, isDiskFull } from '../src-contract/disk-full.ts';
import { StudioError } from '../src-contract/errors.ts';
import { because } from '../src-contract/failure-reason.ts';

/**
 * OPTION_INVALID for a path that cannot be written, with what the system says of it, or DISK_FULL; an error that is not the system's,
 * itself.
 */
export function unwritable(cause: unknown, { option, path }: { option: string; path: string }): unknown {
  if (isDiskFull(cause)) return diskFull(dirname(path), 0, cause);
  if (!(cause instanceof Error && 'code' in cause && 'syscall' in cause)) return cause;
  const why = because('PATH_UNWRITABLE', { path, code: String(cause.code) });
  return new StudioError('OPTION_INVALID', { option, ...why }, { cause });
}
