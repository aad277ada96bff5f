import type { Migration } from '../migration.ts';

/** The data of a failure besides its English message, so that it can be shown in other languages too. */
export const failureDataMigration: Migration = {
  version: 15,
  name: 'failure-data',
  up(database) {
    database.exec(`
      -- JSON; null for an older failure, or one without data
      ALTER TABLE job ADD COLUMN error_data TEXT;
    `);
  },
};
