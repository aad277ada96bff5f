import { access, constants, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unfinishedPath } from '../../files/unfinished-path.ts';
import { unwritable } from '../../files/unwritable.ts';

// Both before work that may take hours, which would be for nothing.

/** For a file that may be there already. Throws OUT_UNUSABLE. */
export async function requireWritable(path: string): Promise<void> {
  try {
    await open(path, 'r+').then(
      (file) => file.close(),
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return access(dirname(path), constants.W_OK);
      },
    );
  } catch (cause) {
    throw unwritable(cause, { option: 'out', path });
  }
}

/** For a file that must not be there yet. Throws OUT_UNUSABLE, DISK_FULL. */
export async function requireFree(path: string): Promise<void> {
  await unfinishedPath(path);
}
