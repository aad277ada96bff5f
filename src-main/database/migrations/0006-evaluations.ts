import type { Migration } from '../migration.ts';

/** Evaluations: the measured results, and every answer given. */
export const evaluationsMigration: Migration = {
  version: 6,
  name: 'evaluations',
  up(database) {
    database.exec(`
      CREATE TABLE evaluation (
        id TEXT PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
        -- no foreign key: an evaluation is a record with its own copy of the rows, and outlives its dataset
        dataset_id TEXT NOT NULL,
        base_model_id TEXT NOT NULL REFERENCES base_model (id),
        adapter_ids TEXT NOT NULL,
        split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
        row_limit INTEGER,
        max_tokens INTEGER,
        main_metric TEXT NOT NULL,
        results TEXT NOT NULL DEFAULT '[]'
      ) STRICT;

      CREATE TABLE evaluation_row (
        evaluation_id TEXT NOT NULL REFERENCES evaluation (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        example_id TEXT NOT NULL,
        context TEXT NOT NULL,
        target TEXT NOT NULL,
        answers TEXT NOT NULL,
        PRIMARY KEY (evaluation_id, position)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
