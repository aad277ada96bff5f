import type { Migration } from '../migration.ts';

/** The facts of a failure beside its English sentence, so that other languages tell them too. */
export const failureDataMigration: Migration = {
  version: 15,
  name: 'failure-data',
  up(database) {
    database.exec(`
      -- JSON; null for a failure of before, or one without facts
      ALTER TABLE job ADD COLUMN error_data TEXT;
    `);
  },
};
