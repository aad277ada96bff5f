import { stat } from 'node:fs/promises';

/** What identifies the disk that a file or folder is on; undefined if it is not there. */
export async function deviceOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.dev;
}
