import { mkdir } from 'node:fs/promises';
import { diskFull } from '../../src-contract/disk-full.ts';
import { freeBytes } from '../files/free-bytes.ts';

/** Creates the folder. A model is moved by its import, so that the space is needed only once. Throws DISK_SHORT. */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (bytes > (await freeBytes(folder))) throw diskFull(folder, bytes);
}
