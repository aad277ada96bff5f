import type { Migration } from '../migration.ts';

/**
 * The order of the queue, which a person can change, and what a waiting evaluation needs to start in another process.
 */
export const queueMigration: Migration = {
  version: 13,
  name: 'queue',
  up(database) {
    database.exec(`
      -- increases as jobs are enqueued; of two waiting jobs, the lower one starts first
      ALTER TABLE job ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
      UPDATE job SET place = (SELECT count(*) FROM job AS earlier WHERE earlier.rowid <= job.rowid);
      -- the rules for normalising answers, if specified; otherwise they are detected from the rows
      ALTER TABLE evaluation ADD COLUMN language TEXT;
    `);
  },
};
