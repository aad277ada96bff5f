// A table from another program: `cat table.csv | adapter-studio import - --task mrc`.
import { createWriteStream, fstatSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { orDiskFull } from '../../../src-contract/disk-full.ts';
import { CallFailure, usageFailure } from './failure.ts';
import type { Session } from './session.ts';

/**
 * Runs work on the file that an argument names. `-` is standard input, which is kept in a temporary file until the work
 * is done, because a table is read several times. Throws DISK_FULL, INPUT_TOO_LARGE, and USAGE if there is no input.
 */
export async function withInput<T>(
  argument: string,
  { signal, progress }: Pick<Session, 'signal' | 'progress'>,
  work: (file: string) => Promise<T>,
): Promise<T> {
  if (argument !== '-') return work(argument);
  if (process.stdin.isTTY) throw usageFailure('“-” reads what another program pipes in, but nothing does.');
  // Node takes a folder for an empty file.
  if (fstatSync(process.stdin.fd).isDirectory())
    throw usageFailure('“-” reads what another program pipes in, but standard input is a folder; name it instead.');
  const folder = await mkdtemp(join(tmpdir(), 'adapter-studio-input-'));
  try {
    // The file's name is shown, and a dataset is named by it.
    const file = join(folder, 'standard input');
    const reading = pipeline(process.stdin, bounded, createWriteStream(file), { signal });
    await progress.during('Reading standard input', reading).catch((error: unknown) => {
      throw orDiskFull(error, folder);
    });
    return await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As much as a page may upload. */
const mostBytes = 8 * 1024 ** 3;

async function* bounded(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > mostBytes) {
      throw new CallFailure({
        code: 'INPUT_TOO_LARGE',
        message: `Standard input has more than ${mostBytes / 1024 ** 3} GiB.`,
        hint: 'Write it to a file and name that instead of “-”.',
        exitCode: 1,
      });
    }
    yield piece;
  }
}
