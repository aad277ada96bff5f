import { StudioError } from '../../src-contract/errors.ts';
import { damageIn } from '../data-folder/damage.ts';
import { tellsDamage } from '../database/rows-file.ts';
import { orDiskOrDatabaseFull } from '../files/disk-or-database-full.ts';
import { orUnwritable } from '../files/unwritable.ts';
import type { OpenDataFolder } from './open-data-folder.ts';

/**
 * Returns what makes an error of the system or of SQLite one that a person can understand; others stay as they are.
 * `read` names the dataset whose rows were read, if any were.
 */
export function knownFaults(
  { dataDir, databaseFile, stores }: OpenDataFolder,
  onDiskFull: () => void,
): (error: unknown, read?: () => string | null | undefined) => Promise<unknown> {
  return async (error, read) => {
    const full = orUnwritable(orDiskOrDatabaseFull(error, dataDir), { option: 'home', path: dataDir });
    // First, because the names of datasets are in it.
    const damage = tellsDamage(full) ? await damageIn({ what: 'database', file: databaseFile }) : undefined;
    const told = damage ?? full;
    if (told instanceof StudioError && (told.code === 'DISK_FULL' || told.code === 'DISK_SHORT')) onDiskFull();
    return stores.datasets.namingRowsFault(told, read);
  };
}
