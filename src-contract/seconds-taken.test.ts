import { expect, test } from 'vitest';
import type { Run } from './run.ts';
import { secondsTaken } from './seconds-taken.ts';

// Sound here: only these fields are read. Of the 46 seconds of training, measuring took 16 more.
const run = {
  ...{ state: 'finished', activeSince: 1_000, finishedAt: 63_000, secondsBefore: 0, result: { seconds: 46 } },
} as Run;

test('a finished run counts all time waited for it, validation included', () => {
  expect(secondsTaken(run, 99_000)).toBe(62);
});

test('a running run counts the time until now, plus the time before it was paused', () => {
  expect(secondsTaken({ ...run, state: 'running', finishedAt: null, secondsBefore: 20 }, 11_000)).toBe(30);
});

test('a run of an earlier version, without a recorded start, counts its training time', () => {
  expect(secondsTaken({ ...run, activeSince: null }, 99_000)).toBe(46);
});

// Resumed and waiting, a stopped run counted only its training steps, and more again once it ran.
test('a resumed run that waits for its turn has the time from before', () => {
  const waiting = { ...run, state: 'queued', activeSince: null, finishedAt: null, secondsBefore: 62 } as const;
  expect(secondsTaken(waiting, 99_000)).toBe(62);
});

test('a run that has not started has no time', () => {
  expect(secondsTaken({ ...run, state: 'queued', activeSince: null, result: null }, 0)).toBeUndefined();
});
