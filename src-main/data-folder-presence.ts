import { statSync } from 'node:fs';
import { StudioError } from '../src-contract/errors.ts';

/**
 * Gives what throws DATA_FOLDER_GONE once the database file is not the one that is open now: most systems let it be removed
 * or moved, and everything written from then on would be lost without a word.
 */
export function requiringFile(file: string, { folder }: { folder: string }): () => void {
  const opened = statSync(file).ino;
  return () => {
    if (statSync(file, { throwIfNoEntry: false })?.ino !== opened)
      throw new StudioError('DATA_FOLDER_GONE', { folder });
  };
}
