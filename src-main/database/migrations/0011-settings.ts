import type { Migration } from '../migration.ts';

/** Settings of the data folder. */
export const settingsMigration: Migration = {
  version: 11,
  name: 'settings',
  up(database) {
    database.exec('CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID');
  },
};
