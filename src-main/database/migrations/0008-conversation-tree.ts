import type { Migration } from '../migration.ts';

/** Turns form a tree, record what the model could not read, and can be searched. */
export const conversationTreeMigration: Migration = {
  version: 8,
  name: 'conversation tree',
  up(database) {
    database.exec(`
      ALTER TABLE message ADD COLUMN parent_id TEXT REFERENCES message (id) ON DELETE CASCADE;
      ALTER TABLE message ADD COLUMN mix TEXT;
      ALTER TABLE message ADD COLUMN base_sha256 TEXT;
      ALTER TABLE message ADD COLUMN prompt_tokens INTEGER;
      ALTER TABLE message ADD COLUMN left_out_turns INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE message ADD COLUMN left_out_tokens INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE message ADD COLUMN comparison_id TEXT;
      ALTER TABLE message ADD COLUMN is_best INTEGER NOT NULL DEFAULT 0 CHECK (is_best IN (0, 1));
      -- the last turn of the selected path
      ALTER TABLE conversation ADD COLUMN leaf_id TEXT;

      UPDATE message SET parent_id = (
        SELECT before.id FROM message before
        WHERE before.conversation_id = message.conversation_id AND before.number < message.number
        ORDER BY before.number DESC LIMIT 1
      );
      UPDATE conversation SET leaf_id = (
        SELECT id FROM message WHERE conversation_id = conversation.id ORDER BY number DESC LIMIT 1
      );

      -- cascading deletion from a parent
      CREATE INDEX message_parent ON message (parent_id);

      CREATE VIRTUAL TABLE message_text USING fts5 (
        text, content = 'message', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
      );
      INSERT INTO message_text (message_text) VALUES ('rebuild');
      CREATE TRIGGER message_text_insert AFTER INSERT ON message BEGIN
        INSERT INTO message_text (rowid, text) VALUES (new.number, new.text);
      END;
      CREATE TRIGGER message_text_delete AFTER DELETE ON message BEGIN
        INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', old.number, old.text);
      END;
    `);
  },
};
