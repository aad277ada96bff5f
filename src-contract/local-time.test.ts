import { afterEach, expect, test, vi } from 'vitest';
import { localDay, localTime } from './local-time.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['Asia/Seoul', '2026-11-30T08:30'],
  ['UTC', '2026-11-29T23:30'],
  ['America/New_York', '2026-11-29T18:30'],
])('in %s a time is %s', (zone, told) => {
  vi.stubEnv('TZ', zone);
  const time = Date.UTC(2026, 10, 29, 23, 30);
  expect(localTime(time)).toBe(told);
  expect(localDay(time)).toBe(told.slice(0, 10));
});
