import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const forever = new AbortController().signal;

test('concurrency is limited, and lanes take turns regardless of arrival order', async () => {
  const queue = new FairQueue({ atOnce: 1, mostWaiting: 9 });
  const order: string[] = [];
  const enter = (lane: string, name: string) =>
    queue.enter(lane, forever).then((leave) => {
      order.push(name);
      return leave;
    });
  const first = await enter('a', 'a1');
  const others = [enter('a', 'a2'), enter('a', 'a3'), enter('b', 'b1'), enter('a', 'a4'), enter('c', 'c1')];
  first?.();
  for (let turn = 0; turn < others.length; turn++) {
    const leave = await Promise.race(others);
    leave?.();
    others.splice(0, others.length, ...(await stillWaiting(others)));
    if (others.length === 0) break;
  }
  await Promise.all(others.map(async (other) => (await other)?.()));
  expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'a4']);
  expect(await queue.enter('a', forever)).toBeTypeOf('function');
});

test('a turn that is ended twice frees one place', async () => {
  const queue = new FairQueue({ atOnce: 1, mostWaiting: 9 });
  const leave = await queue.enter('a', forever);
  leave?.();
  leave?.();
  await queue.enter('a', forever);
  const waiting = queue.enter('a', forever);
  await nextTurn();
  expect(await stillWaiting([waiting])).toEqual([waiting]);
});

test('an aborted waiter takes no turn, and a full queue refuses more', async () => {
  const queue = new FairQueue({ atOnce: 1, mostWaiting: 1 });
  const leave = await queue.enter('a', forever);
  const left = new AbortController();
  const waiting = queue.enter('a', left.signal);
  expect(await queue.enter('b', forever)).toBeUndefined();
  left.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  const next = queue.enter('b', forever);
  leave?.();
  expect(await next).toBeTypeOf('function');
});

test('a caller that aborts during its turn takes nobody out of the queue', async () => {
  const queue = new FairQueue({ atOnce: 1, mostWaiting: 9 });
  const first = await queue.enter('a', forever);
  const left = new AbortController();
  const [second, third] = [queue.enter('a', left.signal), queue.enter('a', forever)];
  first?.();
  const leave = await second;
  left.abort();
  leave?.();
  await nextTurn();
  expect(await stillWaiting([third])).toEqual([]);
});

test('a caller that has already aborted takes no turn either', async () => {
  const queue = new FairQueue({ atOnce: 1, mostWaiting: 1 });
  await expect(queue.enter('a', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  await queue.enter('a', forever);
  await expect(queue.enter('a', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
});

/** The promises that are still pending. */
async function stillWaiting<T>(promises: readonly Promise<T>[]): Promise<Promise<T>[]> {
  const pending = Symbol('pending');
  const states = await Promise.all(promises.map((promise) => Promise.race([promise, Promise.resolve(pending)])));
  return promises.filter((_, place) => states[place] === pending);
}
