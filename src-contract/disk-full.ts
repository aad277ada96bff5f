import { StudioError } from './errors.ts';

/** Whether the system reports that the disk, or a quota on it, is full. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/**
 * The error for the disk that holds `folder`: DISK_SHORT if the number of bytes to write is known, else DISK_FULL. Zero
 * is not known yet: even a name takes some.
 */
export function diskFull(folder: string, neededBytes: number | undefined, cause?: unknown): StudioError {
  if (!neededBytes) return new StudioError('DISK_FULL', { folder }, { cause });
  const needed = neededBytes >= 1e9 ? `${(neededBytes / 1e9).toFixed(1)} GB` : `${Math.ceil(neededBytes / 1e6)} MB`;
  return new StudioError('DISK_SHORT', { needed, folder }, { cause });
}

/** The error itself, or the one from `diskFull` if the disk is full. */
export function orDiskFull(error: unknown, folder: string, neededBytes?: number): unknown {
  return isDiskFull(error) ? diskFull(folder, neededBytes, error) : error;
}
