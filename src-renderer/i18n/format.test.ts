import { beforeEach, expect, test, vi } from 'vitest';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

const { bytes, count, duration, fingerprint, fixedPercent, lossText, percent, timeLeft, when } = await import(
  './format.ts'
);
const { locale } = await import('./locale.svelte.ts');

beforeEach(() => {
  locale.current = 'en';
});

// \u00a0 keeps a number and its unit on one line.
test('formats sizes with decimal units', () => {
  expect([bytes(512), bytes(1_840_000), bytes(489_120), bytes(24e9)]).toEqual([
    '512\u00a0bytes',
    '1.8\u00a0MB',
    '489\u00a0KB',
    '24\u00a0GB',
  ]);
});

test('formats durations in at most two units', () => {
  expect([duration(0.0004), duration(3.21), duration(185), duration(6240)]).toEqual([
    '0.4\u00a0ms',
    '3.2\u00a0s',
    '3\u00a0min\u00a005\u00a0s',
    '1\u00a0h\u00a044\u00a0min',
  ]);
});

test('rounds the time left to what can be known', () => {
  expect([timeLeft(0.2), timeLeft(11.4), timeLeft(185)]).toEqual(['1\u00a0s', '11\u00a0s', '3\u00a0min']);
});

test('abbreviates large counts in millions, and in 만 and 억 in Korean', () => {
  expect(count(134_515_008)).toBe('134.5\u00a0M');
  locale.current = 'ko';
  expect([count(134_515_008), count(5_321_984)]).toEqual(['1.35억', '532만']);
});

test('a percentage too small for its decimals keeps two significant digits', () => {
  expect([percent(0.4623), percent(0.00012, 1)]).toEqual(['46.2\u00a0%', '0.012\u00a0%']);
});

test('a whole percentage keeps its decimals in a column of figures', () => {
  expect([0.51, 0.541].map((share) => fixedPercent(share))).toEqual(['51.0\u00a0%', '54.1\u00a0%']);
});

test('a small loss keeps two significant digits, so that only none is 0.00', () => {
  expect([5.519, 0.1392, 0.0998, 0.00189, -0.0012, 0].map((loss) => lossText(loss))).toEqual([
    ...['5.52', '0.14', '0.10', '0.0019', '-0.0012', '0.00'],
  ]);
});

test('shows the time for today and the weekday for this week', () => {
  const now = new Date(2026, 10, 25, 18).getTime();
  expect(when(new Date(2026, 10, 25, 9, 5).getTime(), now)).toBe('09:05');
  expect(when(new Date(2026, 10, 23, 9).getTime(), now)).toBe('Mon');
});

test('a fingerprint is eight digits in two groups', () => {
  expect(fingerprint('9f2c71d0aa')).toBe('9f2c·71d0');
});

// Regression: the palette, which lists thousands of evaluations by their time, made a formatter for each.
test('times of many things are written by one formatter', () => {
  const made = vi.spyOn(Intl, 'DateTimeFormat');
  for (let day = 1; day <= 50; day++) when(new Date(2024, 0, day).getTime());
  expect(made.mock.calls.length).toBeLessThanOrEqual(1);
  made.mockRestore();
});
