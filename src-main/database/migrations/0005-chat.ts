import type { Migration } from '../migration.ts';

/** Conversations and their turns. */
export const chatMigration: Migration = {
  version: 5,
  name: 'chat',
  up(database) {
    database.exec(`
      CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        base_model_id TEXT NOT NULL REFERENCES base_model (id),
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        deleted_at INTEGER
      ) STRICT;

      CREATE TABLE message (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
        text TEXT NOT NULL,
        input TEXT,
        -- name and fingerprint at the time of the answer
        adapter_id TEXT,
        adapter_name TEXT,
        adapter_sha256 TEXT,
        task TEXT,
        strength REAL,
        tokens INTEGER,
        tokens_per_second REAL,
        first_token_ms REAL,
        switch_ms REAL,
        finish TEXT CHECK (finish IN ('end', 'length', 'stopped')),
        created_at INTEGER NOT NULL
      ) STRICT;

      -- the turns of a conversation in order
      CREATE INDEX message_conversation ON message (conversation_id, number);
    `);
  },
};
