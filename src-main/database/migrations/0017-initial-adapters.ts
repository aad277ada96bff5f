import type { Migration } from '../migration.ts';

/** The fingerprint of the adapter that a run continues: if the run that made it resumes, that adapter changes. */
export const initialAdaptersMigration: Migration = {
  version: 17,
  name: 'initial-adapters',
  up(database) {
    database.exec(`
      ALTER TABLE run ADD COLUMN initial_sha256 TEXT;
    `);
  },
};
