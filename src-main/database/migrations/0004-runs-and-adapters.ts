import type { Migration } from '../migration.ts';

/** Training runs with everything their result depends on, and the adapters they produced or that were imported. */
export const runsAndAdaptersMigration: Migration = {
  version: 4,
  name: 'runs-and-adapters',
  up(database) {
    database.exec(`
      CREATE TABLE adapter (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        task TEXT NOT NULL,
        base_model_id TEXT NOT NULL REFERENCES base_model (id),
        base_sha256 TEXT NOT NULL,
        dataset_id TEXT REFERENCES dataset (id) ON DELETE SET NULL,
        run_id TEXT,
        rank INTEGER NOT NULL,
        alpha REAL NOT NULL,
        targets TEXT NOT NULL,
        parameters INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        path TEXT NOT NULL,
        base_validation_loss REAL,
        best_validation_loss REAL,
        created_at INTEGER NOT NULL,
        deleted_at INTEGER
      ) STRICT;

      CREATE UNIQUE INDEX adapter_living_name ON adapter (name) WHERE deleted_at IS NULL;
      -- when a dataset is deleted
      CREATE INDEX adapter_dataset ON adapter (dataset_id);
      -- whether a base model is in use
      CREATE INDEX adapter_base_model ON adapter (base_model_id);

      CREATE TABLE run (
        id TEXT PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        -- no foreign key: a run is a record, and outlives its dataset
        dataset_id TEXT NOT NULL,
        dataset_sha256 TEXT NOT NULL,
        dataset_version INTEGER NOT NULL,
        task TEXT NOT NULL,
        base_model_id TEXT NOT NULL REFERENCES base_model (id),
        base_sha256 TEXT NOT NULL,
        chat_template TEXT,
        adapter_id TEXT REFERENCES adapter (id) ON DELETE SET NULL,
        options TEXT NOT NULL,
        step INTEGER NOT NULL DEFAULT 0,
        total_steps INTEGER NOT NULL DEFAULT 0,
        last_loss REAL,
        -- totals up to the last checkpoint, for a run that resumes from there
        totals TEXT,
        result TEXT
      ) STRICT;

      -- when an adapter is deleted
      CREATE INDEX run_adapter ON run (adapter_id);
      -- speed of earlier runs on a base, for the estimate
      CREATE INDEX run_base_model ON run (base_model_id);
    `);
  },
};
