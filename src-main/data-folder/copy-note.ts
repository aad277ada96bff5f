import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readNote, writeNote } from '../files/note.ts';

// A backup, a move, a restore and an export write outside the data folder. Notes in it say where, so that what a killed
// process has left there is found.

/** The notes' folder within a data folder. */
export const copyNotes = 'copying';

/** Notes that something is being written at `path`, until the note is disposed of. */
export async function noteCopy(dataDir: string, path: string): Promise<AsyncDisposable> {
  const folder = join(dataDir, copyNotes);
  const note = join(folder, `${randomBytes(8).toString('hex')}.json`);
  const noting = mkdir(folder, { recursive: true }).then(() => writeNote(note, { path }));
  // A disk that is full, or not writable, may still be copied to another one.
  await noting.catch(() => undefined);
  return { [Symbol.asyncDispose]: () => rm(note, { force: true }) };
}

/**
 * Passes on what is noted, each path once, and forgets it. A path on a disk that is not there stays noted. To be called
 * only when no other process is running.
 */
export async function forgetCopies(dataDir: string, clear: (path: string) => Promise<void>): Promise<void> {
  const folder = join(dataDir, copyNotes);
  for (const name of await readdir(folder).catch(() => [])) {
    const note = await readNote(join(folder, name), z.object({ path: z.string() }));
    if (note !== undefined && !existsSync(dirname(note.path))) continue;
    if (note !== undefined) await clear(note.path);
    await rm(join(folder, name), { force: true });
  }
}
