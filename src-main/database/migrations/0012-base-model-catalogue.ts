import type { Migration } from '../migration.ts';

/** The catalogue id of a downloaded base model. */
export const baseModelCatalogueMigration: Migration = {
  version: 12,
  name: 'base-model-catalogue',
  up(database) {
    database.exec('ALTER TABLE base_model ADD COLUMN catalogue_id TEXT;');
  },
};
