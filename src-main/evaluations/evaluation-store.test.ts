import { expect, test } from 'vitest';
import type { EvaluationResult } from '../../src-contract/evaluation.ts';
import { openDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';
import { JobStore } from '../jobs/job-store.ts';
import { EvaluationStore } from './evaluation-store.ts';

// Regression: the list of adapters and the results of one had different names, and a new adapter could take the old one.
test('a result is of the adapter as it is called now, or was called when it was deleted for good', () => {
  const database = openDatabase(':memory:');
  // Neither the dataset nor the base has a row.
  database.exec('PRAGMA foreign_keys = OFF');
  // Sound: it is only asked for its token, and who is alive.
  const store = new EvaluationStore(
    database,
    new JobStore(database, { token: 'a', isAlive: () => true } as Partial<ProcessLock> as ProcessLock),
  );
  database.exec(
    `INSERT INTO adapter (id, name, task, base_model_id, base_sha256, rank, alpha, targets, parameters, bytes, sha256, path, created_at)
     VALUES ('r', 'rivers', 'custom', 'b', '', 1, 1, '', 1, 1, '', '', 1)`,
  );
  const input = { datasetId: 'd', baseModelId: 'b', adapterIds: ['r'], split: 'test' } as const;
  const { id } = store.insert({ ...input, adapterIds: ['r'] }, { task: 'custom', mainMetric: 'exactMatch', now: 1 });
  for (const [adapterId, adapter] of [
    [null, 'base'],
    ['r', 'rivers'],
  ] as const) {
    // Sound: nothing else of it is read.
    const result = { adapterId, adapter } as EvaluationResult;
    store.addResult(id, { result, rows: [], comparisons: [], answersSha256: '' });
  }
  const names = () => [store.get(id), ...store.list()].map(({ results }) => results.map(({ adapter }) => adapter));
  database.exec(`UPDATE adapter SET name = 'streams' WHERE id = 'r'`);
  expect(names()).toEqual([
    ['base', 'streams'],
    ['base', 'streams'],
  ]);
  database.exec('DELETE FROM adapter');
  expect(names()[0]).toEqual(['base', 'rivers']);
});

test('an evaluation resumed later still replaces queries, if it was started so', () => {
  const database = openDatabase(':memory:');
  database.exec('PRAGMA foreign_keys = OFF');
  // Sound: it is only asked for its token, and who is alive.
  const store = new EvaluationStore(
    database,
    new JobStore(database, { token: 'a', isAlive: () => true } as Partial<ProcessLock> as ProcessLock),
  );
  const input = { datasetId: 'd', baseModelId: 'b', adapterIds: [], split: 'test' as const };
  const about = { task: 'nl2sql', mainMetric: 'executionAccuracy' } as const;
  const plain = store.insert(input, { ...about, now: 1 });
  const replacing = store.insert({ ...input, retryQueries: true }, { ...about, now: 2 });
  expect(store.input(plain.id).retryQueries).toBeUndefined();
  expect(store.input(replacing.id).retryQueries).toBe(true);
});
