import type { Migration } from '../migration.ts';

/**
 * What repeating and pausing a run needs, saved settings, measured speeds, and what an evaluation's numbers depend on.
 */
export const trainingAndEvaluationMigration: Migration = {
  version: 10,
  name: 'training-and-evaluation',
  up(database) {
    database.exec(`
      ALTER TABLE run ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));
      ALTER TABLE run ADD COLUMN deleted_at INTEGER;
      -- studio, runtime and processor at the start, as JSON
      ALTER TABLE run ADD COLUMN machine TEXT;
      -- no foreign key: the run that this one repeats may have been deleted
      ALTER TABLE run ADD COLUMN repeats TEXT;
      ALTER TABLE run ADD COLUMN evaluate_after INTEGER NOT NULL DEFAULT 0 CHECK (evaluate_after IN (0, 1));
      -- when it last started or resumed, and how many seconds it had trained before that
      ALTER TABLE run ADD COLUMN active_since INTEGER;
      ALTER TABLE run ADD COLUMN seconds_before REAL NOT NULL DEFAULT 0;

      ALTER TABLE evaluation ADD COLUMN comparisons TEXT NOT NULL DEFAULT '[]';
      ALTER TABLE evaluation ADD COLUMN provenance TEXT;
      ALTER TABLE evaluation ADD COLUMN deleted_at INTEGER;

      CREATE TABLE training_settings (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        preset TEXT,
        options TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      -- training speed of a base model on this machine with these settings, measured before a run
      CREATE TABLE training_speed (
        base_sha256 TEXT NOT NULL,
        settings TEXT NOT NULL,
        tokens_per_second REAL NOT NULL,
        -- for one graph run: the memory used in addition to the model, and the number of tokens
        bytes REAL NOT NULL,
        tokens INTEGER NOT NULL,
        measured_at INTEGER NOT NULL,
        PRIMARY KEY (base_sha256, settings)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
