import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inOrder } from './in-order.ts';

const forever = new AbortController().signal;

test('so many are made at once as are wanted, and come in their order whichever is done first', async () => {
  let [going, most] = [0, 0];
  const make = async (item: number) => {
    most = Math.max(most, ++going);
    await setTimeout(item % 3);
    going--;
    return 10 * item;
  };
  const items = Array.from({ length: 20 }, (_, i) => i);
  const made = await Array.fromAsync(inOrder(items, make, { atOnce: 4, signal: forever }));
  expect(made).toEqual(items.map((item) => 10 * item));
  expect(most).toBe(4);
  expect(await Array.fromAsync(inOrder([], make, { atOnce: 4, signal: forever }))).toEqual([]);
});

test('what one throws comes in its place, and ends the others', async () => {
  const ended: number[] = [];
  const make = async (item: number, signal: AbortSignal) => {
    if (item === 1) throw new Error('no');
    if (item > 1) await setTimeout(60_000, undefined, { signal }).catch(() => ended.push(item));
    return item;
  };
  const seen: number[] = [];
  const follow = async () => {
    for await (const one of inOrder([0, 1, 2, 3, 4], make, { atOnce: 4, signal: forever })) seen.push(one);
  };
  await expect(follow()).rejects.toThrow('no');
  expect(seen).toEqual([0]);
  await setTimeout(0);
  expect(ended.toSorted()).toEqual([2, 3, 4].slice(0, ended.length));
  expect(ended.length).toBeGreaterThanOrEqual(2);
});

test('leaving ends what is being made, and begins nothing more', async () => {
  const begun: number[] = [];
  const make = async (item: number, signal: AbortSignal) => {
    begun.push(item);
    if (item > 0) await setTimeout(60_000, undefined, { signal }).catch(() => undefined);
    return item;
  };
  for await (const _ of inOrder([0, 1, 2, 3, 4, 5], make, { atOnce: 2, signal: forever })) break;
  await setTimeout(5);
  expect(begun.length).toBeLessThan(6);
});
