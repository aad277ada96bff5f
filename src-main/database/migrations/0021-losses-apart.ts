import type { Migration } from '../migration.ts';

/**
 * The loss of every step, hundreds of kilobytes for a long run, in a column of its own behind all others: a list of runs
 * that does not ask for it does not read it.
 */
export const lossesApartMigration: Migration = {
  version: 21,
  name: 'losses-apart',
  up(database) {
    database.exec(`
      -- a JSON array; null without a result
      ALTER TABLE run ADD COLUMN losses TEXT;
      UPDATE run SET losses = json_extract(result, '$.losses'), result = json_remove(result, '$.losses')
      WHERE result IS NOT NULL;
    `);
  },
};
