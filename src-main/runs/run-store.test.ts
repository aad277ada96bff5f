import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listedRunSchema, type RunResult } from '../../src-contract/run.ts';
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

// Regression: the list of two thousand runs had every loss of every step in it: 25 MB, at every change.
test('a list of runs has no losses of steps; one run has them all, and its curve sums them up', () => {
  const [run] = runs.insert([plan], 0);
  const id = run?.id ?? '';
  const losses = Array.from({ length: 1_000 }, (_, step) => 1_000 - step);
  runs.finish(id, { result: { losses } as RunResult, adapterId: 'a', keep: () => {} });
  expect(runs.list()[0]?.result?.losses).toEqual([]);
  expect(runs.get(id).result?.losses).toEqual(losses);
  expect(runs.curves([id], 4)).toEqual({ [id]: [875.5, 625.5, 375.5, 125.5] });
  expect(runs.curves([id], 5_000)[id]).toEqual(losses);
});

// Regression: with every change, pages were sent 3.7 MB for two thousand runs, most of it settings and machines.
test('a list for pages is the list without what no page with many runs shows', () => {
  const options = { epochs: 2.5, rank: 8 } as RunPlan['options'];
  const [first, second] = runs.insert(
    ['first', 'second'].map((name) => ({ ...plan, name, options })),
    0,
  );
  runs.setActive(first?.id ?? '', { threads: 2 } as Parameters<RunStore['setActive']>[1], 1_000);
  const result = {
    ...{ steps: 3, seconds: 1.25, firstLoss: 4.1, lastLoss: 1e-7, baseValidationLoss: null, bestValidationLoss: 0.1 },
    ...{ baseSha256Before: 'a', baseSha256After: 'b', losses: [4.1, 1e-7] },
  } as RunResult;
  runs.finish(first?.id ?? '', { result, adapterId: 'a', keep: () => {} });
  jobs.end(second?.id ?? '', { state: 'failed', failure: { code: 'X', message: 'no', hint: '' }, now: 10_000 });
  const listed = runs.listed();
  expect(listed).toEqual(listedRunSchema.array().parse(runs.list()));
  expect(listed.map(({ state }) => state).toSorted()).toEqual(['failed', 'queued']);
  for (const left of ['threads', 'rank']) expect(JSON.stringify(listed)).not.toContain(left);
});

// Regression: to draw the curves of failed runs, their page had every event of theirs sent to it.
test('the curve of a run without a result is taken from some of its steps', () => {
  const [run] = runs.insert([plan], 0);
  const id = run?.id ?? '';
  expect(runs.curves([id], 4)).toEqual({ [id]: [] });
  const events = Array.from({ length: 1_000 }, (_, place) =>
    place % 2 === 0 ? { kind: 'step', loss: 1_000 - place } : { kind: 'checkpoint' },
  );
  jobs.insertEvents(
    id,
    events.map((event, place) => ({ sequence: place + 1, event })),
  );
  expect(runs.curves([id], 4)).toEqual({ [id]: [1_000, 750, 500, 250] });
});

// Regression: of several adapters that train one after another, each was shown as running.
test('of runs that are under way together, those that have not begun await their turn', () => {
  const ids = runs.insert([plan, plan, plan], 0).map(({ id }) => id);
  const waiting = () => runs.list().flatMap(({ id, awaitsTurn }) => (awaitsTurn ? [ids.indexOf(id)] : []));
  const begin = (place: number) => runs.setActive(ids[place] ?? '', {} as Parameters<RunStore['setActive']>[1], 1_000);
  expect(waiting()).toEqual([]);
  for (const id of ids) jobs.begin(id, 500);
  expect(waiting()).toEqual([2, 1]);
  begin(0);
  expect(waiting()).toEqual([2, 1]);
  jobs.end(ids[0] ?? '', { state: 'finished', failure: null, now: 2_000 });
  expect(waiting()).toEqual([2]);
  for (const place of [1, 2]) begin(place);
  expect(waiting()).toEqual([]);
});

test('active runs are counted', () => {
  const [first, second] = runs.insert([plan, plan], 0);
  jobs.end(first?.id ?? '', { state: 'finished', failure: null, now: 1 });
  expect(runs.countActive()).toBe(1);
  runs.markDeleted(second?.id ?? '', 2);
  expect(runs.countActive()).toBe(0);
});

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
