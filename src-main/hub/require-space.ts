import { mkdir, statfs } from 'node:fs/promises';
import { diskFull } from '../../src-contract/disk-full.ts';

/** Creates the folder. The import moves a downloaded model, so that the space is needed only once. Throws DISK_SHORT. */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const missing = bytes - bavail * bsize;
  if (missing > 0) throw diskFull(folder, bytes);
}
