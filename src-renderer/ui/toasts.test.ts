import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Toasts } from './toasts.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('everything removed within ten seconds can be undone, though only three toasts are shown', () => {
  const toasts = new Toasts();
  const back: number[] = [];
  for (let n = 1; n <= 5; n++) toasts.done(`removed ${n}`, () => void back.push(n));
  toasts.say('something else');
  expect(toasts.shown.map(({ text }) => text)).toEqual(['removed 4', 'removed 5', 'something else']);
  vi.advanceTimersByTime(9_000);
  while (toasts.undoLast());
  expect(back).toEqual([5, 4, 3, 2, 1]);
});

test('offers no undo after ten seconds', () => {
  const toasts = new Toasts();
  toasts.done('removed', () => undefined);
  vi.advanceTimersByTime(10_001);
  expect([toasts.shown, toasts.undoLast()]).toEqual([[], false]);
});

// The studio frees the storage of what was deleted: an offer that stayed as long as the pointer rests on it would be
// false.
test('stays longer while held, but not forever', () => {
  const toasts = new Toasts();
  toasts.done('removed', () => undefined);
  toasts.held = true;
  vi.advanceTimersByTime(45_000);
  expect(toasts.shown).toHaveLength(1);
  vi.advanceTimersByTime(10_000);
  expect(toasts.shown).toEqual([]);
});
