import { statSync } from 'node:fs';
import { StudioError } from '../../src-contract/errors.ts';

/**
 * Returns a check that throws DATA_FOLDER_GONE once the database file is no longer the one that is open: most systems
 * let it be removed or moved, and everything written from then on would be lost silently.
 */
export function requiringFile(file: string, { folder }: { folder: string }): () => void {
  const opened = statSync(file).ino;
  return () => {
    if (statSync(file, { throwIfNoEntry: false })?.ino !== opened)
      throw new StudioError('DATA_FOLDER_GONE', { folder });
  };
}
