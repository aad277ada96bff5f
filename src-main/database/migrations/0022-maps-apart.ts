import type { Migration } from '../migration.ts';

/**
 * The heat map of an experiment's part in a column of its own, behind the others: those of one experiment are megabytes,
 * which nobody but its picture reads.
 */
export const mapsApartMigration: Migration = {
  version: 22,
  name: 'maps-apart',
  up(database) {
    database.exec(`
      -- JSON; null for a part without a map
      ALTER TABLE lab_cell ADD COLUMN map TEXT;
      UPDATE lab_cell SET map = json_extract(cell, '$.map'), cell = json_remove(cell, '$.map')
      WHERE json_type(cell, '$.map') IS NOT NULL;
    `);
  },
};
