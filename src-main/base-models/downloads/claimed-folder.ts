import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';

/** This process, and what is known of others of the data folder. */
export interface Claimant {
  readonly token: string;
  isAlive(token: string): boolean;
}

const fileName = 'claimed-by';

/**
 * Makes a folder this process's own until what is given back is called: two that write into it at once would spoil each other's files.
 * Throws WORK_ELSEWHERE while another living process has it.
 */
export async function claimFolder(folder: string, process: Claimant): Promise<() => Promise<void>> {
  const { token } = process;
  await mkdir(folder, { recursive: true });
  const file = join(folder, fileName);
  const owner = await readFile(file, 'utf8').catch(() => undefined);
  if (owner !== undefined && owner !== token) {
    if (process.isAlive(owner)) throw new StudioError('WORK_ELSEWHERE', {});
    await rm(file, { force: true });
  }
  // Of two that come at the same moment, one finds it there.
  await writeFile(file, token, { flag: owner === token ? 'w' : 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? new StudioError('WORK_ELSEWHERE', {}, { cause }) : cause;
  });
  return () => rm(file, { force: true });
}
