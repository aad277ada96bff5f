import { randomBytes } from 'node:crypto';
import { lstatSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';

/** The file's name in the data folder; a backup leaves it out. */
export const reserveName = 'reserve';
/** SQLite's shared memory takes 32 KB, and writing a deletion some more. */
const reserveBytes = 1_000_000;

/**
 * A file that reserves some disk space, given up when the disk is full: SQLite could not open anything then, and what
 * could be deleted to free some would be out of reach.
 */
export class DiskReserve {
  readonly #dataDir: string;
  readonly #file: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#file = join(dataDir, reserveName);
  }

  /** Gives the reserve up if there is less free space than it holds: before anything is opened, and before a deletion. */
  giveWhereFull(): void {
    if (this.#isFull()) rmSync(this.#file, { force: true });
  }

  /** Throws DISK_FULL while the reserve is given up: what is left of it is for deletions. */
  requireKept(): void {
    if (this.#isKept() || !this.#isFull()) return;
    throw new StudioError('DISK_FULL', { folder: this.#dataDir });
  }

  /** Reserves the space, if there is any, unless that is done already. */
  keep(): void {
    if (this.#isKept()) return;
    try {
      // Removed first: a link, in a data folder from somebody else, may lead to any file.
      rmSync(this.#file, { force: true });
      // Random, since a compressing disk would reserve nothing for zeros.
      writeFileSync(this.#file, randomBytes(reserveBytes), { flag: 'wx' });
    } catch {
      rmSync(this.#file, { force: true });
    }
  }

  #isKept(): boolean {
    return lstatSync(this.#file, { throwIfNoEntry: false })?.size === reserveBytes;
  }

  #isFull(): boolean {
    const { bavail, bsize } = statfsSync(this.#dataDir);
    return bavail * bsize < reserveBytes;
  }
}
