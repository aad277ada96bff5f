import { StudioError } from '../../src-contract/errors.ts';

/** The error itself, or DISK_FULL when it says that the disk, or a quota on it, has no room left. */
export function asDiskFull(error: unknown, folder: string, neededBytes: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (!['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(String(error.code))) return error;
  const needed = neededBytes < 1_000_000 ? '1 MB' : `${Math.ceil(neededBytes / 1_000_000)} MB`;
  return new StudioError('DISK_FULL', { needed, folder }, { cause: error });
}
