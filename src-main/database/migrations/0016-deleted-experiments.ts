import type { Migration } from '../migration.ts';

/** An experiment of the lab that was deleted can come back until the next start, as everything else can. */
export const deletedExperimentsMigration: Migration = {
  version: 16,
  name: 'deleted-experiments',
  up(database) {
    database.exec(`
      ALTER TABLE lab_experiment ADD COLUMN deleted_at INTEGER;
    `);
  },
};
