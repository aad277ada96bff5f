import type { Migration } from '../migration.ts';

/** A job that goes on remembers the last number that an event had which it has forgotten: none is given out twice. */
export const forgottenEventsMigration: Migration = {
  version: 18,
  name: 'forgotten-events',
  up(database) {
    database.exec(`
      ALTER TABLE job ADD COLUMN forgotten_sequence INTEGER NOT NULL DEFAULT 0;
    `);
  },
};
