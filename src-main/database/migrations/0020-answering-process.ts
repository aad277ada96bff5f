import type { Migration } from '../migration.ts';

/** A conversation knows which process writes an answer in it: two of them answer one question after the other. */
export const answeringProcessMigration: Migration = {
  version: 20,
  name: 'answering-process',
  up(database) {
    database.exec(`
      ALTER TABLE conversation ADD COLUMN answering_process TEXT;
    `);
  },
};
