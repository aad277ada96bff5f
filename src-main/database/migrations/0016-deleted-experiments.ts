import type { Migration } from '../migration.ts';

/** A deleted experiment of the lab can be restored until the next start, like everything else. */
export const deletedExperimentsMigration: Migration = {
  version: 16,
  name: 'deleted-experiments',
  up(database) {
    database.exec(`
      ALTER TABLE lab_experiment ADD COLUMN deleted_at INTEGER;
    `);
  },
};
