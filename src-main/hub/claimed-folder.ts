import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';

/** This process, and which others of the data folder are alive. */
export interface Claimant {
  readonly token: string;
  isAlive(token: string): boolean;
}

const fileName = 'claimed-by';

/**
 * Claims a folder for this process until the returned function is called: two processes writing to it at once would
 * corrupt each other's files. Throws WORK_ELSEWHERE while another living process has it.
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
  // In a race between two processes, one finds the file there.
  await writeFile(file, token, { flag: owner === token ? 'w' : 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? new StudioError('WORK_ELSEWHERE', {}, { cause }) : cause;
  });
  return () => rm(file, { force: true });
}
