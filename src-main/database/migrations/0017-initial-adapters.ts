import type { Migration } from '../migration.ts';

/** A run that goes on from an adapter remembers what that adapter was: a run that is taken up again makes another of it. */
export const initialAdaptersMigration: Migration = {
  version: 17,
  name: 'initial-adapters',
  up(database) {
    database.exec(`
      ALTER TABLE run ADD COLUMN initial_sha256 TEXT;
    `);
  },
};
