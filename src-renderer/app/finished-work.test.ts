import { expect, test } from 'vitest';
import { FinishedWork } from './finished-work.ts';

const job = (id: string, done = 0) => ({
  job: { kind: 'run' as const, id, name: id, done, total: 9, fraction: done / 9, secondsLeft: null },
});

test('announces long work once when it ends, but neither short nor unfinished work', () => {
  const told: string[] = [];
  const work = new FinishedWork(({ id }) => told.push(id));
  work.see(undefined, 0);
  work.see({ job: null }, 0);
  work.see(job('long'), 0);
  work.see(job('long', 5), 30_000);
  expect(told).toEqual([]);
  work.see({ job: null }, 31_000);
  work.see({ job: null }, 32_000);
  expect(told).toEqual(['long']);
  work.see(job('short'), 40_000);
  work.see({ job: null }, 45_000);
  expect(told).toEqual(['long']);
});

test('announces a long job when another follows it directly', () => {
  const told: string[] = [];
  const work = new FinishedWork(({ id }) => told.push(id));
  work.see(job('first'), 0);
  work.see(job('second'), 60_000);
  expect(told).toEqual(['first']);
});
