import { StudioError } from '../src-contract/errors.ts';
import { because } from '../src-contract/failure-reason.ts';

/** OPTION_INVALID for a path that cannot be written, with what the system says of it; the error itself where that says nothing. */
export function unwritable(cause: unknown, { option, path }: { option: string; path: string }): unknown {
  if (!(cause instanceof Error && 'code' in cause)) return cause;
  const why = because('PATH_UNWRITABLE', { path, code: String(cause.code) });
  return new StudioError('OPTION_INVALID', { option, ...why }, { cause });
}

/** Whether the system says that the disk, or a quota on it, has no room left. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
