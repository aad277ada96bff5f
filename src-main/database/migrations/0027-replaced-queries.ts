import type { Migration } from '../migration.ts';

/** Answers that took the place of a query that cannot be run, and evaluations that ask for such answers. */
export const replacedQueriesMigration: Migration = {
  version: 27,
  name: 'replaced-queries',
  up(database) {
    database.exec(`
      -- the query that was written first; NULL where nothing was replaced
      ALTER TABLE message ADD COLUMN first_text TEXT;
      ALTER TABLE evaluation ADD COLUMN retry_queries INTEGER NOT NULL DEFAULT 0 CHECK (retry_queries IN (0, 1));
    `);
  },
};
