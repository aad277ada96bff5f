import { StudioError } from './errors.ts';

/** Whether the system says that the disk, or a quota on it, has no room left. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** DISK_FULL for the disk that holds `folder`, where so many bytes are to be written. */
export function diskFull(folder: string, neededBytes: number, cause: unknown): StudioError {
  const needed = neededBytes < 1_000_000 ? '1 MB' : `${Math.ceil(neededBytes / 1_000_000)} MB`;
  return new StudioError('DISK_FULL', { needed, folder }, { cause });
}

/** The error itself, or DISK_FULL where the system says so. */
export function orDiskFull(error: unknown, folder: string, neededBytes = 0): unknown {
  return isDiskFull(error) ? diskFull(folder, neededBytes, error) : error;
}
