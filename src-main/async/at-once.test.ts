import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { atOnce } from './at-once.ts';

const forever = new AbortController().signal;

test('so many at a time, and every item once', async () => {
  let [running, most] = [0, 0];
  const work = async (item: number) => {
    most = Math.max(most, ++running);
    await sleep(item % 3);
    running--;
    return 2 * item;
  };
  const results = await Array.fromAsync(atOnce(4, Array(20).keys(), work, forever));
  expect(results.sort((a, b) => a - b)).toEqual([...Array(20).keys()].map((item) => 2 * item));
  expect(most).toBe(4);
});

test('after a failure the others end, and none begins', async () => {
  const ended: number[] = [];
  const begun: number[] = [];
  const work = async (item: number, signal: AbortSignal) => {
    begun.push(item);
    if (item === 1) throw new Error('broken');
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    ended.push(item);
  };
  await expect(Array.fromAsync(atOnce(3, [0, 1, 2, 3, 4], work, forever))).rejects.toThrow('broken');
  expect([begun, ended]).toEqual([
    [0, 1, 2],
    [0, 2],
  ]);
});

test('after an abort no more begin, and what is under way is told', async () => {
  const abort = new AbortController();
  const results: number[] = [];
  const work = async (item: number, signal: AbortSignal) => {
    if (item > 1) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return item;
  };
  for await (const result of atOnce(2, Array(9).keys(), work, abort.signal)) {
    results.push(result);
    if (results.length === 2) abort.abort();
  }
  expect(results).toEqual([0, 1, 2, 3].slice(0, results.length));
  expect(results.length).toBeLessThan(5);
});

test('a caller that leaves ends what is under way', async () => {
  let ended = 0;
  const work = async (item: number, signal: AbortSignal) => {
    if (item === 0) return;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    ended++;
  };
  for await (const _ of atOnce(3, Array(9).keys(), work, forever)) break;
  expect(ended).toBe(2);
});
