import type { Migration } from '../migration.ts';

/** Experiments of the lab and their finished parts. */
export const labMigration: Migration = {
  version: 9,
  name: 'lab',
  up(database) {
    database.exec(`
      CREATE TABLE lab_experiment (
        id TEXT PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        -- no foreign keys: an experiment is a record with its own hashes, and outlives its model and dataset
        base_model_id TEXT NOT NULL,
        dataset_id TEXT,
        options TEXT NOT NULL,
        facts TEXT NOT NULL,
        total INTEGER NOT NULL DEFAULT 0,
        seconds REAL NOT NULL DEFAULT 0,
        repeat_of TEXT,
        repeat_equal INTEGER,
        repeat_compared INTEGER
      ) STRICT;

      CREATE TABLE lab_cell (
        experiment_id TEXT NOT NULL REFERENCES lab_experiment (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        key TEXT NOT NULL,
        -- a LabCell of the contract
        cell TEXT NOT NULL,
        PRIMARY KEY (experiment_id, position),
        UNIQUE (experiment_id, key)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
