import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, type Mock, test, vi } from 'vitest';
import type { KeptText } from './key-value-cache.ts';
import { PrefixCache } from './prefix-cache.ts';

const owner = {};
const ids = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i);

function textOf(length: number, bytes: number): KeptText & { release: Mock<() => void> } {
  return { length, keys: [], values: [], bytes, release: vi.fn<() => void>() };
}

test('releases texts that are too large, least recently used, or a prefix of another', () => {
  const cache = new PrefixCache(100);
  const [large, first, second, third, longer] = [
    textOf(20, 101),
    textOf(20, 40),
    textOf(20, 40),
    textOf(20, 40),
    textOf(30, 50),
  ];
  cache.keep(owner, 1, ids(20), large);
  expect(large.release).toHaveBeenCalledOnce();
  cache.keep(owner, 1, ids(20), first);
  cache.keep(owner, 1, ids(20, 100), second);
  expect(cache.find(owner, 1, ids(25))).toEqual({ text: first, length: 20 });
  cache.keep(owner, 1, ids(20, 200), third);
  expect(second.release).toHaveBeenCalledOnce();
  expect(first.release).not.toHaveBeenCalled();
  cache.keep(owner, 1, ids(30), longer);
  expect(first.release).toHaveBeenCalledOnce();
  expect([third, longer].map(({ release }) => release.mock.calls.length)).toEqual([0, 0]);
  expect(cache.bytes).toBe(90);
  // A copy stays; what is in a cache's memory is handed over as it is.
  expect(cache.take(longer)).toBeUndefined();
  const inPlace = { ...textOf(20, 10), numbers: new Float32Array(), room: 20, same: 0 };
  cache.keep(owner, 1, ids(20, 300), inPlace);
  expect(cache.take(inPlace)).toBe(inPlace);
  expect(inPlace.release).not.toHaveBeenCalled();
  expect(cache.bytes).toBe(90);
});

// Regression: each text kept the adapter that had read it, which may be larger by far, and twice in memory.
test('a text does not keep the weights of its adapter', async () => {
  const cache = new PrefixCache(100);
  const weights = (() => {
    const read = {};
    cache.keep(read, 1, ids(20), textOf(20, 40));
    return new WeakRef(read);
  })();
  // A WeakRef holds what it refers to until the current task is over.
  await setImmediate();
  collectGarbage();
  expect(weights.deref()).toBeUndefined();
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
