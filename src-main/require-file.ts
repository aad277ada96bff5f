import { stat } from 'node:fs/promises';
import { StudioError } from '../src-contract/errors.ts';
import { because } from '../src-contract/failure-reason.ts';

/** To be asked before a file of somebody else's is opened. Throws FILE_NOT_FOUND, FILE_UNREADABLE. */
export async function requireFile(path: string): Promise<void> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
  });
  if (!facts.isFile()) throw notAFile(path);
}

/** Of a folder, and of a pipe, whose opening waits for whoever is to write to it, and no abort ends that. */
export function notAFile(file: string): StudioError {
  return new StudioError('FILE_UNREADABLE', { file, ...because('NOT_A_FILE') });
}
