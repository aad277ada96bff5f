import type { Migration } from '../migration.ts';

/**
 * From here on `evaluate_after` is 1 only until the evaluation is begun, so that one can be begun that a killed process
 * did not come to. Those of runs that have finished were begun, or could not be.
 */
export const evaluationsDueMigration: Migration = {
  version: 23,
  name: 'evaluations-due',
  up(database) {
    database.exec(`
      UPDATE run SET evaluate_after = 0 WHERE id IN (SELECT id FROM job WHERE state = 'finished');
    `);
  },
};
