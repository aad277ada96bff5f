import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type StudioDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { type EndState, JobStore } from '../jobs/job-store.ts';
import { type RunPlan, RunStore } from './run-store.ts';

let folder: string;
let database: StudioDatabase;
let lock: ProcessLock;
let jobs: JobStore;
let runs: RunStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-runs-'));
  database = openDatabase(':memory:');
  // The run's dataset and base are not needed here.
  database.pragma('foreign_keys = OFF');
  lock = new ProcessLock(folder);
  jobs = new JobStore(database, lock);
  runs = new RunStore(database, jobs, folder);
});
afterEach(() => {
  database.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
});

// Regression: time spent measuring before the pause was lost, and the elapsed time jumped back.
test('a paused run counts all its time so far, measurements included', () => {
  expect(secondsBefore('stopped')).toBe(9);
});

test('an interrupted run counts only the time it trained', () => {
  expect(secondsBefore('interrupted')).toBe(6);
});

/** For a resumed run that was active from 1 s to 10 s, and trained for 6 s of that. */
function secondsBefore(state: EndState): number | undefined {
  const [run] = runs.insert([plan], 0);
  const id = run?.id ?? '';
  jobs.begin(id, 1_000);
  runs.setActive(id, {} as Parameters<RunStore['setActive']>[1], 1_000);
  runs.updateTotals(id, { tokens: 1, targetTokens: 1, seconds: 6 });
  jobs.end(id, { state, failure: null, now: 10_000 });
  runs.enqueueAgain([id], 50_000);
  runs.setActive(id, {} as Parameters<RunStore['setActive']>[1], 60_000);
  return runs.get(id).secondsBefore;
}

const plan: RunPlan = {
  ...{
    name: 'r',
    datasetId: 'd',
    datasetName: 'D',
    datasetSha256: 'd',
    datasetVersion: 1,
    task: 'mrc',
    chatTemplate: null,
  },
  ...{ baseModelId: 'b', baseSha256: 'b', options: {} as RunPlan['options'], repeats: null, evaluateAfter: false },
};
