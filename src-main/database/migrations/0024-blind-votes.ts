import type { Migration } from '../migration.ts';

/** Which of two answers to an evaluation's row a person preferred without knowing whose they were. */
export const blindVotesMigration: Migration = {
  version: 24,
  name: 'blind-votes',
  up(database) {
    database.exec(`
      CREATE TABLE blind_vote (
        evaluation_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        -- indices into the evaluation's results: the two compared, that shown first, and that preferred or NULL for equal
        of_result INTEGER NOT NULL,
        against_result INTEGER NOT NULL CHECK (against_result < of_result),
        first_result INTEGER NOT NULL CHECK (first_result IN (of_result, against_result)),
        preferred_result INTEGER CHECK (preferred_result IN (of_result, against_result)),
        PRIMARY KEY (evaluation_id, position, of_result, against_result),
        FOREIGN KEY (evaluation_id, position) REFERENCES evaluation_row (evaluation_id, position) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
