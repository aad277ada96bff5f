import type { Migration } from '../migration.ts';

/**
 * The order of the queue, which a person can change, and what a waiting evaluation needs to begin in another process.
 */
export const queueMigration: Migration = {
  version: 13,
  name: 'queue',
  up(database) {
    database.exec(`
      -- rising as jobs are enqueued; of two that wait, the lower begins first
      ALTER TABLE job ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
      UPDATE job SET place = (SELECT count(*) FROM job AS earlier WHERE earlier.rowid <= job.rowid);
      -- the rules by which answers are normalised, where they were named; else they are told from the rows
      ALTER TABLE evaluation ADD COLUMN language TEXT;
    `);
  },
};
