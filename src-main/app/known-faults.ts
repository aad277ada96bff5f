import { type ErrorData, StudioError } from '../../src-contract/errors.ts';
import { damageIn } from '../data-folder/damage.ts';
import { orLocked } from '../database/open.ts';
import { tellsDamage } from '../database/rows-file.ts';
import { deviceOf } from '../files/device-of.ts';
import { orDiskOrDatabaseFull } from '../files/disk-or-database-full.ts';
import { orUnwritable } from '../files/unwritable.ts';
import type { OpenDataFolder } from './open-data-folder.ts';

/**
 * Returns what makes an error of the system or of SQLite one that a person can understand; others stay as they are.
 * `read` names the dataset whose rows were read, if any were.
 */
export function knownFaults(
  { dataDir, databaseFile, stores }: OpenDataFolder,
  onDisk: {
    /** Nothing can be written any more to the disk that the data folder is on. */
    full: () => void;
    /** Something large has no room, which may only have been foreseen, or another disk is full. */
    short: () => void;
  },
): (error: unknown, read?: () => string | null | undefined) => Promise<unknown> {
  return async (error, read) => {
    const full = orUnwritable(orDiskOrDatabaseFull(error, dataDir), { option: 'home', path: dataDir });
    // First, because the names of datasets are in it.
    const damage = tellsDamage(full) ? await damageIn({ what: 'database', file: databaseFile }) : undefined;
    const told = damage ?? orLocked(databaseFile, full);
    if (told instanceof StudioError && (told.code === 'DISK_FULL' || told.code === 'DISK_SHORT')) {
      // Sound: both have it.
      const { folder } = told.data as ErrorData<'DISK_FULL'>;
      const isFull = told.code === 'DISK_FULL' && (await deviceOf(folder)) === (await deviceOf(dataDir));
      onDisk[isFull ? 'full' : 'short']();
    }
    return stores.datasets.namingRowsFault(told, read);
  };
}
