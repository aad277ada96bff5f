import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file's name in the data folder; a backup leaves it out. */
export const reserveName = 'reserve';
/** SQLite's shared memory takes 32 KB, and what is written of a deletion some more. */
const reserveBytes = 1_000_000;

/**
 * A file that holds some room of the disk, given up where the disk is full: SQLite opens nothing there, and what could be
 * deleted to free some would be out of reach.
 */
export class DiskReserve {
  readonly #dataDir: string;
  readonly #file: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#file = join(dataDir, reserveName);
  }

  /** Gives it up where there is less room than it holds. For the start, before anything is opened. */
  giveWhereFull(): void {
    const { bavail, bsize } = statfsSync(this.#dataDir);
    if (bavail * bsize < reserveBytes) rmSync(this.#file, { force: true });
  }

  /** Takes the room, if it is to be had, where that was not done yet. */
  keep(): void {
    if (statSync(this.#file, { throwIfNoEntry: false })?.size === reserveBytes) return;
    try {
      // Random, as a disk that compresses would keep no room for zeros.
      writeFileSync(this.#file, randomBytes(reserveBytes));
    } catch {
      rmSync(this.#file, { force: true });
    }
  }
}
