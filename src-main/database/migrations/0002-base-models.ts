import type { Migration } from '../migration.ts';

/** Base models: the facts read from their files, and where the files are. */
export const baseModelsMigration: Migration = {
  version: 2,
  name: 'base-models',
  up(database) {
    database.exec(`
      CREATE TABLE base_model (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        architecture TEXT NOT NULL,
        parameters INTEGER NOT NULL,
        layers INTEGER NOT NULL,
        hidden INTEGER NOT NULL,
        vocabulary INTEGER NOT NULL,
        dtype TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        licence TEXT NOT NULL,
        context_length INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        path TEXT NOT NULL,
        built_in INTEGER NOT NULL CHECK (built_in IN (0, 1)),
        has_chat_template INTEGER NOT NULL CHECK (has_chat_template IN (0, 1)),
        created_at INTEGER NOT NULL,
        -- the row outlives the files, so that old runs and adapters still show what they were made from
        deleted_at INTEGER
      ) STRICT;

      CREATE UNIQUE INDEX base_model_living_name ON base_model (name) WHERE deleted_at IS NULL;
    `);
  },
};
