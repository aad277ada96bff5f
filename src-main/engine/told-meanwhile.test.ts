import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { AwaitedEvent } from '../../src-contract/chat.ts';
import { toldMeanwhile } from './told-meanwhile.ts';

test('progress is reported before the first event, once per change, and not after it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const ready = Promise.withResolvers<void>();
  async function* events() {
    await ready.promise;
    yield 'one' as const;
    yield 'two' as const;
  }
  let now: AwaitedEvent | undefined;
  const told = toldMeanwhile(events(), () => now);
  const next = async () => {
    const coming = told.next();
    await vi.advanceTimersByTimeAsync(1000);
    return (await coming).value;
  };
  now = { kind: 'loading', share: 0.4 };
  expect(await next()).toEqual(now);
  const second = told.next();
  await vi.advanceTimersByTimeAsync(1000);
  now = { kind: 'reading', share: 0.4 };
  await vi.advanceTimersByTimeAsync(1000);
  expect((await second).value).toEqual(now);
  ready.resolve();
  expect(await next()).toBe('one');
  now = { kind: 'reading', share: 0.5 };
  expect(await next()).toBe('two');
  expect(await next()).toBeUndefined();
});

test('leaving while a base is loading ends the event source', async () => {
  let isOver = false;
  async function* events() {
    try {
      await sleep(400);
      yield 'one' as const;
      yield 'two' as const;
    } finally {
      isOver = true;
    }
  }
  for await (const event of toldMeanwhile(events(), () => ({ kind: 'loading', share: 0.2 }))) {
    expect(event).toEqual({ kind: 'loading', share: 0.2 });
    break;
  }
  expect(isOver).toBe(true);
});

test('an error while a base is loading is thrown', async () => {
  // biome-ignore lint/correctness/useYield: it fails before.
  async function* events(): AsyncGenerator<never> {
    await sleep(300);
    throw new Error('the file ends here');
  }
  await expect(Array.fromAsync(toldMeanwhile(events(), () => ({ kind: 'loading', share: 0.2 })))).rejects.toThrow(
    'the file ends here',
  );
});
