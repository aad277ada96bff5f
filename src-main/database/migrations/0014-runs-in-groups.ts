import type { Migration } from '../migration.ts';

/** Runs that train together, in as few passes over the base as possible. */
export const runsInGroupsMigration: Migration = {
  version: 14,
  name: 'runs-in-groups',
  up(database) {
    database.exec(`
      -- the first run of those that train together, and how many there were; null for a run by itself
      ALTER TABLE run ADD COLUMN group_id TEXT;
      ALTER TABLE run ADD COLUMN group_size INTEGER;
      -- who trains with whom
      CREATE INDEX run_group ON run (group_id) WHERE group_id IS NOT NULL;
    `);
  },
};
