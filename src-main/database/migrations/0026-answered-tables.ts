import type { Migration } from '../migration.ts';

/** Tables whose rows are answered by a model, with the cells as they were in the file. */
export const answeredTablesMigration: Migration = {
  version: 26,
  name: 'answered-tables',
  up(database) {
    database.exec(`
      CREATE TABLE answered_table (
        -- of its job; without one, its rows were not all read, and it is removed at the next start
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        base_model_id TEXT NOT NULL REFERENCES base_model (id),
        base_sha256 TEXT NOT NULL,
        -- no foreign key: the answers outlive the adapter
        adapter_id TEXT,
        adapter_name TEXT,
        adapter_sha256 TEXT,
        task TEXT NOT NULL,
        columns TEXT NOT NULL,
        mapping TEXT NOT NULL,
        form TEXT,
        max_tokens INTEGER NOT NULL,
        -- spent on the answers so far
        seconds REAL NOT NULL DEFAULT 0,
        deleted_at INTEGER
      ) STRICT;

      CREATE TABLE answered_row (
        table_id TEXT NOT NULL REFERENCES answered_table (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        cells TEXT NOT NULL,
        answer TEXT,
        -- of one of a few labels: how probable it was among them, from 0 to 1
        certainty REAL,
        note TEXT CHECK (note IN ('empty', 'shortened', 'cut')),
        PRIMARY KEY (table_id, position)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX answered_row_left ON answered_row (table_id, position) WHERE answer IS NULL;
      -- how often each label was given, and the rows with it; a long answer is no label
      CREATE INDEX answered_row_label ON answered_row (table_id, answer) WHERE answer <> '' AND length(answer) <= 60;
      CREATE INDEX answered_row_unsure ON answered_row (table_id, certainty, position) WHERE certainty IS NOT NULL;
      CREATE INDEX answered_row_note ON answered_row (table_id, note) WHERE note IS NOT NULL;
    `);
  },
};
