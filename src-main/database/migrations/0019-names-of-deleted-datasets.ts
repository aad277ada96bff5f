import type { Migration } from '../migration.ts';

/** A run keeps the name of its dataset, and an evaluation its task: both outlive the dataset. */
export const namesOfDeletedDatasetsMigration: Migration = {
  version: 19,
  name: 'names-of-deleted-datasets',
  up(database) {
    database.exec(`
      ALTER TABLE run ADD COLUMN dataset_name TEXT;
      UPDATE run SET dataset_name = (SELECT name FROM dataset WHERE dataset.id = run.dataset_id);

      ALTER TABLE evaluation ADD COLUMN task TEXT;
      -- the task of a deleted dataset is still known from a run on it
      UPDATE evaluation SET task = coalesce(
        (SELECT task FROM dataset WHERE dataset.id = evaluation.dataset_id),
        (SELECT task FROM run WHERE run.dataset_id = evaluation.dataset_id LIMIT 1)
      );
    `);
  },
};
