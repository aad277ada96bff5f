import type { Migration } from '../migration.ts';

/** Tables without a column for the schema, and queries that cannot be run. */
export const queriesOfTablesMigration: Migration = {
  version: 28,
  name: 'queries-of-tables',
  up(database) {
    database.exec(`
      -- a schema for each name in the column of databases, or one under '' for all rows; NULL if the table has a column for it
      ALTER TABLE answered_table ADD COLUMN schemas TEXT;
      ALTER TABLE answered_table ADD COLUMN retry_queries INTEGER NOT NULL DEFAULT 0 CHECK (retry_queries IN (0, 1));

      CREATE TABLE answered_row_next (
        table_id TEXT NOT NULL REFERENCES answered_table (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        cells TEXT NOT NULL,
        answer TEXT,
        -- of one of a few labels: how probable it was among them, from 0 to 1
        certainty REAL,
        note TEXT CHECK (note IN ('empty', 'unnamed', 'shortened', 'cut', 'replaced', 'unrunnable')),
        PRIMARY KEY (table_id, position)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO answered_row_next (table_id, position, cells, answer, certainty, note)
        SELECT table_id, position, cells, answer, certainty, note FROM answered_row;
      DROP TABLE answered_row;
      ALTER TABLE answered_row_next RENAME TO answered_row;
      CREATE INDEX answered_row_left ON answered_row (table_id, position) WHERE answer IS NULL;
      -- how often each label was given, and the rows with it; a long answer is no label
      CREATE INDEX answered_row_label ON answered_row (table_id, answer) WHERE answer <> '' AND length(answer) <= 60;
      CREATE INDEX answered_row_unsure ON answered_row (table_id, certainty, position) WHERE certainty IS NOT NULL;
      CREATE INDEX answered_row_note ON answered_row (table_id, note) WHERE note IS NOT NULL;
    `);
  },
};
