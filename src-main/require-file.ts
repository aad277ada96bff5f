import { stat } from 'node:fs/promises';
import { StudioError } from '../src-contract/errors.ts';
import { because } from '../src-contract/failure-reason.ts';

/** To be called before opening somebody else's file. Throws FILE_NOT_FOUND, FILE_UNREADABLE. */
export async function requireFile(path: string): Promise<void> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
  });
  if (!facts.isFile()) throw notAFile(path);
}

/** For a folder, and for a pipe: opening one blocks until somebody writes to it, and cannot be aborted. */
export function notAFile(file: string): StudioError {
  return new StudioError('FILE_UNREADABLE', { file, ...because('NOT_A_FILE') });
}
