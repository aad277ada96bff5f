import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { LoadingProgress, toldOfLoading } from './loading-progress.ts';

const large = 100e6;

test('a share is told while something is made ready for answers, and of nothing else', async () => {
  const loading = new LoadingProgress();
  // A training reads the base too.
  const ofTraining = loading.reading(large);
  ofTraining(large / 4);
  expect(loading.share).toBeUndefined();
  await loading.during(async () => {
    expect(loading.share).toBeUndefined();
    const read = loading.reading(large);
    ofTraining(large / 4);
    expect(loading.share).toBe(0);
    read(large / 2);
    const half = loading.share as number;
    expect(half).toBeGreaterThan(0.2);
    read(large / 2);
    expect(loading.share).toBeCloseTo(2 * half);
    expect(loading.share).toBeLessThan(1);
  });
  expect(loading.share).toBeUndefined();
});

test('a small base is there before anybody would look', async () => {
  const loading = new LoadingProgress();
  await loading.during(async () => {
    loading.reading(5e6);
    expect(loading.share).toBeUndefined();
  });
});

test('a work that fails is over too', async () => {
  const loading = new LoadingProgress();
  const failing = loading.during(async () => {
    loading.reading(large);
    throw new Error('the file ends here');
  });
  await expect(failing).rejects.toThrow('the file ends here');
  expect(loading.share).toBeUndefined();
});

test('shares come before the first event, each once, and nothing does behind it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const ready = Promise.withResolvers<void>();
  async function* events() {
    await ready.promise;
    yield 'one' as const;
    yield 'two' as const;
  }
  let share: number | undefined;
  const told = toldOfLoading(events(), () => share);
  const next = async () => {
    const coming = told.next();
    await vi.advanceTimersByTimeAsync(1000);
    return (await coming).value;
  };
  share = 0.1;
  expect(await next()).toEqual({ kind: 'loading', share: 0.1 });
  const second = told.next();
  await vi.advanceTimersByTimeAsync(1000);
  share = 0.4;
  await vi.advanceTimersByTimeAsync(1000);
  expect((await second).value).toEqual({ kind: 'loading', share: 0.4 });
  ready.resolve();
  expect(await next()).toBe('one');
  share = 0.5;
  expect(await next()).toBe('two');
  expect(await next()).toBeUndefined();
});

test('whoever leaves while a base is loaded ends what was asked for', async () => {
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
  for await (const event of toldOfLoading(events(), () => 0.2)) {
    expect(event).toEqual({ kind: 'loading', share: 0.2 });
    break;
  }
  expect(isOver).toBe(true);
});

test('what fails while it is loaded is thrown', async () => {
  // biome-ignore lint/correctness/useYield: it fails before.
  async function* events(): AsyncGenerator<never> {
    await sleep(300);
    throw new Error('the file ends here');
  }
  await expect(Array.fromAsync(toldOfLoading(events(), () => 0.2))).rejects.toThrow('the file ends here');
});
