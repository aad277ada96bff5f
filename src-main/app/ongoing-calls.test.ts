import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OngoingCalls } from './ongoing-calls.ts';

test('settling waits for ongoing calls, whether they succeed or fail', async () => {
  const calls = new OngoingCalls();
  const ends: string[] = [];
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const asked = calls.during(one.promise).then(() => ends.push('one'));
  const failed = calls.during(other.promise).catch(() => ends.push('other'));
  const settled = calls.settle().then(() => ends.push('settled'));
  await nextTurn();
  expect(ends).toEqual([]);
  one.resolve();
  other.reject(new Error('gone'));
  await Promise.all([asked, failed, settled]);
  expect(ends).toEqual(['one', 'other', 'settled']);
  expect(calls.isOver).toBe(true);
});

test('settling waits only for streams that nobody watches any more', async () => {
  const calls = new OngoingCalls();
  const undone = Promise.withResolvers<void>();
  let isUndone = false;
  async function* work(signal?: AbortSignal) {
    yield 'begun';
    if (signal === undefined) return;
    await undone.promise;
    isUndone = true;
  }
  const left = new AbortController();
  const [watched, leaving] = [calls.following(work(), undefined), calls.following(work(left.signal), left.signal)];
  await Promise.all([watched.next(), leaving.next()]);
  left.abort();
  const ending = leaving.next();
  let isSettled = false;
  const settled = calls.settle().then(() => {
    isSettled = true;
  });
  await nextTurn();
  expect(isSettled).toBe(false);
  undone.resolve();
  await settled;
  expect(isUndone).toBe(true);
  expect((await ending).done).toBe(true);
  await watched.return(undefined);
});
