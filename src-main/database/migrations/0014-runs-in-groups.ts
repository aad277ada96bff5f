import type { Migration } from '../migration.ts';

/** Runs that train together, in as few passes over the base as possible. */
export const runsInGroupsMigration: Migration = {
  version: 14,
  name: 'runs-in-groups',
  up(database) {
    database.exec(`
      -- the first of the runs that train together, and how many there were; null for a single run
      ALTER TABLE run ADD COLUMN group_id TEXT;
      ALTER TABLE run ADD COLUMN group_size INTEGER;
      -- the runs of a group
      CREATE INDEX run_group ON run (group_id) WHERE group_id IS NOT NULL;
    `);
  },
};
