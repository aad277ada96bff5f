import type { Migration } from '../migration.ts';

/**
 * Whether the answers of an evaluation keep the form of its dataset's targets; those of earlier versions were free. How
 * probable an answer was among the labels, of those written from now on.
 */
export const answersKeepFormMigration: Migration = {
  version: 25,
  name: 'answers-keep-form',
  up(database) {
    database.exec(`
      ALTER TABLE evaluation ADD COLUMN keeps_form INTEGER NOT NULL DEFAULT 0 CHECK (keeps_form IN (0, 1));
      ALTER TABLE message ADD COLUMN certainty REAL;
    `);
  },
};
