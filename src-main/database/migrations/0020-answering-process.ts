import type { Migration } from '../migration.ts';

/** The process that is writing an answer in a conversation: two processes must take turns. */
export const answeringProcessMigration: Migration = {
  version: 20,
  name: 'answering-process',
  up(database) {
    database.exec(`
      ALTER TABLE conversation ADD COLUMN answering_process TEXT;
    `);
  },
};
