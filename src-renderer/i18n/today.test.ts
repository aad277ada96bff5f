import { afterEach, beforeEach, expect, test, vi } from 'vitest';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

const evening = new Date(2026, 10, 30, 23, 30).getTime();
beforeEach(() => void vi.useFakeTimers({ now: evening }));
afterEach(() => void vi.useRealTimers());

// Regression: on a page left open over night, times of yesterday evening looked like those of today.
test('after midnight, and after a sleep over it, times of yesterday are told by their day', async () => {
  const { when } = await import('./format.ts');
  const { today } = await import('./today.svelte.ts');
  const page = new AbortController();
  today.follow(page.signal);
  expect(when(evening)).toBe('23:30');
  vi.setSystemTime(new Date(2026, 11, 1, 0, 1));
  expect(when(Date.now())).toBe('00:01');
  vi.advanceTimersByTime(60_000);
  expect(when(evening)).toBe('Mon');
  vi.setSystemTime(new Date(2026, 11, 20, 9, 0));
  vi.advanceTimersByTime(60_000);
  expect(when(evening)).toBe('30 Nov 2026');
  page.abort();
  expect(vi.getTimerCount()).toBe(0);
});
