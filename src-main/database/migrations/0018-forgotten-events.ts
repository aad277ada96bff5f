import type { Migration } from '../migration.ts';

/** A resumed job remembers the highest sequence number among its removed events: none is reused. */
export const forgottenEventsMigration: Migration = {
  version: 18,
  name: 'forgotten-events',
  up(database) {
    database.exec(`
      ALTER TABLE job ADD COLUMN forgotten_sequence INTEGER NOT NULL DEFAULT 0;
    `);
  },
};
