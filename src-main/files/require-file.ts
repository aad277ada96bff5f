import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';

/** To be called before opening somebody else's file. Throws FILE_NOT_FOUND, FILE_UNREADABLE. */
export async function requireFile(path: string): Promise<Stats> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
  });
  if (!facts.isFile()) throw notAFile(path);
  return facts;
}

/**
 * To be called before reading a whole file of somebody else's model: a small thing in JSON takes twenty times its length
 * in memory. Throws as `requireFile` does, and MODEL_FILE_INVALID.
 */
export async function requireReadable(path: string): Promise<void> {
  const { size } = await requireFile(path);
  if (size <= mostMebibytes * 2 ** 20) return;
  const why = because('FILE_TOO_LARGE', { size: mostMebibytes });
  throw new StudioError('MODEL_FILE_INVALID', { file: basename(path), ...why });
}

/** Twice the largest tokenizers. */
const mostMebibytes = 64;

/** For a folder, and for a pipe: opening one blocks until somebody writes to it, and cannot be aborted. */
export function notAFile(file: string): StudioError {
  return new StudioError('FILE_UNREADABLE', { file, ...because('NOT_A_FILE') });
}
