import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';

/** Claims a name among the processes of the data folder, until the returned function is called; undefined if it is taken. */
export interface Claimant {
  claim(name: string): (() => void) | undefined;
}

/**
 * Creates a folder of the data folder's, and claims it for this process until the returned function is called: two
 * writing to it at once would corrupt each other's files. Throws WORK_ELSEWHERE while somebody has it.
 */
export async function claimFolder(folder: string, process: Claimant): Promise<() => void> {
  // By its last two names: another process may have come to the data folder by another path.
  const letGo = process.claim(`${basename(dirname(folder))}-${basename(folder)}`);
  if (letGo === undefined) throw new StudioError('WORK_ELSEWHERE', {});
  try {
    await mkdir(folder, { recursive: true });
    return letGo;
  } catch (error) {
    letGo();
    throw error;
  }
}
