import { StudioError } from './errors.ts';

/** Whether the system says that the disk, or a quota on it, has no room left. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** For the disk that holds `folder`: DISK_SHORT where it is known how many bytes were to be written, else DISK_FULL. */
export function diskFull(folder: string, neededBytes: number | undefined, cause?: unknown): StudioError {
  if (neededBytes === undefined) return new StudioError('DISK_FULL', { folder }, { cause });
  const needed = neededBytes >= 1e9 ? `${(neededBytes / 1e9).toFixed(1)} GB` : `${Math.ceil(neededBytes / 1e6)} MB`;
  return new StudioError('DISK_SHORT', { needed, folder }, { cause });
}

/** The error itself, or as `diskFull` says where the system says so. */
export function orDiskFull(error: unknown, folder: string, neededBytes?: number): unknown {
  return isDiskFull(error) ? diskFull(folder, neededBytes, error) : error;
}
