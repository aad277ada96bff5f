import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AfterUndo } from './after-undo.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

// Regression: every try that left something scheduled two more: a billion after half an hour.
test('freeing is retried once a minute, however much was deleted', async () => {
  let tries = 0;
  let isInUse = true;
  const afterUndo = new AfterUndo(async () => {
    tries++;
    return !isInUse;
  });
  for (let deleted = 0; deleted < 3; deleted++) afterUndo.expect();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tries).toBe(3);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(tries).toBe(13);
  isInUse = false;
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(tries).toBe(14);
});

test('closing frees what is left at once and cancels further tries', async () => {
  const tried: number[] = [];
  const afterUndo = new AfterUndo(async ({ models }) => {
    tried.push(models);
    return false;
  });
  afterUndo.expect();
  await vi.advanceTimersByTimeAsync(60_000);
  await afterUndo.close(() => true);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  // Regression: what was deleted before the clock was set back was taken for deleted later, and stayed.
  expect(tried).toEqual([expect.any(Number), Infinity]);

  const other = new AfterUndo(async () => false);
  other.expect();
  await other.close(() => false);
  expect(vi.getTimerCount()).toBe(0);
});

// Regression: what was deleted just before the computer slept could not be restored after it, although that was offered.
test('what was deleted just before the clock jumped is not freed with what was deleted earlier', async () => {
  const tried: number[] = [];
  const afterUndo = new AfterUndo(async ({ models }) => {
    tried.push(models);
    return true;
  });
  const [first, second] = [Date.now(), Date.now() + 55_000];
  afterUndo.expect();
  await vi.advanceTimersByTimeAsync(55_000);
  afterUndo.expect();
  vi.setSystemTime(second + 3_600_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(tried).toEqual([first]);
  await vi.advanceTimersByTimeAsync(55_000);
  expect(tried).toEqual([first, second]);
});

test('what was deleted is kept for thirty days, and base models for a minute', async () => {
  const { tried, afterUndo } = timed();
  afterUndo.expect();
  await vi.advanceTimersByTimeAsync(60_000);
  await afterUndo.free();
  expect(tried).toEqual([
    [60_000, 30 * day],
    [60_000, 30 * day],
  ]);
});

test('a full disk frees all that was deleted over 12 seconds ago', async () => {
  const { tried, afterUndo } = timed();
  afterUndo.expect();
  afterUndo.hurry();
  await vi.advanceTimersByTimeAsync(0);
  expect(tried).toEqual([[12_000, 12_000]]);
  // What was deleted just now follows in its own time.
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tried).toEqual([
    [12_000, 12_000],
    [60_000, 30 * day],
  ]);
});

test('where something has no room, base models go after 12 seconds, and the rest is kept', async () => {
  const { tried, afterUndo } = timed();
  afterUndo.freeModels();
  await vi.advanceTimersByTimeAsync(0);
  expect(tried).toEqual([[12_000, 30 * day]]);
});

const day = 24 * 3_600_000;

/** Notes how long ago base models, and the rest, were deleted that each try frees. */
function timed() {
  const tried: (readonly [models: number, rest: number])[] = [];
  const afterUndo = new AfterUndo(async ({ models, rest }) => {
    tried.push([Date.now() - models, Date.now() - rest]);
    return true;
  });
  return { tried, afterUndo };
}
