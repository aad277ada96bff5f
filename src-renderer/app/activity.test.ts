import { expect, test } from 'vitest';
import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { Run } from '../../src-contract/run.ts';
import { lastFinished, rowsText } from './activity.ts';

const nothing = { datasets: [], cutOff: [], runs: [], evaluations: [], tables: [] };

// A list keyed by time could not be drawn: the home page stayed empty.
test('runs that ended in the same millisecond are listed under distinct ids', () => {
  const run = (id: string, finishedAt: number | null) => ({ id, finishedAt }) as Run;
  const runs = [run('alone', 5), run('first of two', 9), run('second of two', 9), run('going on', null)];
  const finished = lastFinished({ ...nothing, runs }, 8);
  expect(finished.map(({ id, at }) => [id, at])).toEqual([
    ['first of two', 9],
    ['second of two', 9],
    ['alone', 5],
  ]);
});

// An evaluation cut off by the engine's end was nowhere to be seen.
test('lists an interrupted evaluation as ended', () => {
  const evaluation = (id: string, state: Evaluation['state']) => ({ id, state, createdAt: 5 }) as Evaluation;
  const evaluations = [evaluation('cut off', 'interrupted'), evaluation('going on', 'running')];
  expect(lastFinished({ ...nothing, evaluations }, 8).map(({ id }) => id)).toEqual(['cut off']);
});

// Regression: they were nowhere on the page.
test('lists answered tables, except the one that is being answered', () => {
  const table = (id: string, state: AnsweredTable['state']) => ({ id, state, createdAt: 5 }) as AnsweredTable;
  const tables = [table('done', 'finished'), table('going on', 'running'), table('ended', 'stopped')];
  expect(lastFinished({ ...nothing, tables }, 8).map(({ id }) => id)).toEqual(['done', 'ended']);
});

// A run paused before its first step was listed as “Trained …”.
test('does not list a paused run as ended', () => {
  const run = (id: string, state: Run['state']) => ({ id, state, finishedAt: 5 }) as Run;
  const runs = [run('done', 'finished'), run('resting', 'paused'), run('ended', 'stopped')];
  const finished = lastFinished({ ...nothing, runs }, 8);
  expect(finished.map(({ id }) => id)).toEqual(['done', 'ended']);
});

// Regression: an import was told with rows that were added or deleted later.
test('tells the rows of an import as what they are now if they have changed since', () => {
  expect([1, 2].map((version) => rowsText({ version }))).toEqual(['ui.rows', 'home.finished.rowsNow']);
});
