import { expect, test } from 'vitest';
import { FinishedWork } from './finished-work.ts';

const job = (id: string, done = 0) => ({
  ...{ kind: 'run' as const, id, name: id },
  ...{ done, total: 9, fraction: done / 9, secondsLeft: null },
});

test('announces long work once when it ends, but neither short nor unfinished work', () => {
  const told: string[] = [];
  const work = new FinishedWork(({ id }) => told.push(id));
  work.see(undefined, 0);
  work.see({ jobs: [] }, 0);
  work.see({ jobs: [job('long')] }, 0);
  work.see({ jobs: [job('long', 5)] }, 30_000);
  expect(told).toEqual([]);
  work.see({ jobs: [] }, 31_000);
  work.see({ jobs: [] }, 32_000);
  expect(told).toEqual(['long']);
  work.see({ jobs: [job('short')] }, 40_000);
  work.see({ jobs: [] }, 45_000);
  expect(told).toEqual(['long']);
});

test('announces a long job when another follows it directly', () => {
  const told: string[] = [];
  const work = new FinishedWork(({ id }) => told.push(id));
  work.see({ jobs: [job('first')] }, 0);
  work.see({ jobs: [job('second')] }, 60_000);
  expect(told).toEqual(['first']);
});

// An experiment was said to have ended as soon as an evaluation began beside it, and its own end was not told.
test('announces what ends beside other work, when it ends', () => {
  const told: string[] = [];
  const work = new FinishedWork(({ id }) => told.push(id));
  work.see({ jobs: [job('experiment')] }, 0);
  work.see({ jobs: [job('training'), job('experiment')] }, 60_000);
  expect(told).toEqual([]);
  work.see({ jobs: [job('training')] }, 90_000);
  expect(told).toEqual(['experiment']);
});
