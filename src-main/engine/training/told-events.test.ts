import { expect, test } from 'vitest';
import type { TrainEvent } from '../engine.ts';
import { mostToldAgain, ToldEvents } from './told-events.ts';

const at = (step: number): TrainEvent => ({ kind: 'checkpoint', step });

test('a checkpoint repeats the events since the last one and those shortly before it', () => {
  const told = new ToldEvents();
  told.add(at(1), 1_000);
  told.add(at(2), 4_000);
  told.forgetHeard(6_500);
  told.add(at(3), 7_000);
  expect(told.newest()).toEqual([at(2), at(3)]);
  told.forgetHeard(60_000);
  expect(told.newest()).toEqual([]);
});

// A training that wrote one checkpoint for a million steps held all their events.
test('without a checkpoint, at most twice the events that one repeats are held', () => {
  const told = new ToldEvents();
  let most = 0;
  for (let step = 1; step <= 230_000; step++) {
    told.add(at(step), step);
    most = Math.max(most, told.count);
  }
  expect(most).toBe(2 * mostToldAgain);
  const newest = told.newest();
  expect([newest.length, newest[0], newest.at(-1)]).toEqual([mostToldAgain, at(180_001), at(230_000)]);
});
