import type { Migration } from '../migration.ts';

/** Datasets, their rows, and the rejected rows. */
export const datasetsMigration: Migration = {
  version: 1,
  name: 'datasets',
  up(database) {
    database.exec(`
      CREATE TABLE dataset (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        task TEXT NOT NULL,
        version INTEGER NOT NULL,
        -- rows in state 'importing' are not visible yet
        state TEXT NOT NULL CHECK (state IN ('importing', 'ready')),
        rows INTEGER NOT NULL,
        train_rows INTEGER NOT NULL,
        validation_rows INTEGER NOT NULL,
        test_rows INTEGER NOT NULL,
        rejected INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        source_name TEXT NOT NULL,
        mapping TEXT NOT NULL,
        file_facts TEXT,
        seed INTEGER NOT NULL,
        has_database INTEGER NOT NULL CHECK (has_database IN (0, 1)),
        -- the process importing it, or the one that deleted it; its leftovers are removed after that process ends
        owner TEXT,
        created_at INTEGER NOT NULL,
        deleted_at INTEGER
      ) STRICT;

      -- names are unique among datasets that are not deleted; also serves the lookup by name
      CREATE UNIQUE INDEX dataset_living_name ON dataset (name) WHERE deleted_at IS NULL;

      CREATE TABLE example (
        number INTEGER PRIMARY KEY,
        dataset_id TEXT NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        -- the id in the source file, if it has an id column
        source_id TEXT,
        line INTEGER NOT NULL,
        split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
        context TEXT NOT NULL,
        target TEXT NOT NULL,
        group_key TEXT,
        database_name TEXT
      ) STRICT;

      -- rows of a dataset in order, page by page
      CREATE UNIQUE INDEX example_position ON example (dataset_id, position);
      -- rows of one split in order
      CREATE INDEX example_split ON example (dataset_id, split, position);
      -- one row by id, or by its id in the source file
      CREATE UNIQUE INDEX example_id ON example (dataset_id, id);
      CREATE INDEX example_source_id ON example (dataset_id, source_id) WHERE source_id IS NOT NULL;

      CREATE TABLE rejection (
        dataset_id TEXT NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        line INTEGER NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL,
        cells TEXT NOT NULL,
        PRIMARY KEY (dataset_id, number)
      ) STRICT;
    `);
  },
};
