import type { Migration } from '../migration.ts';

/** A base model that was downloaded knows under which name the catalogue has it. */
export const baseModelCatalogueMigration: Migration = {
  version: 12,
  name: 'base-model-catalogue',
  up(database) {
    database.exec('ALTER TABLE base_model ADD COLUMN catalogue_id TEXT;');
  },
};
