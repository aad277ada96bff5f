import { expect, test, vi } from 'vitest';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'ko', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

const { formatReason } = await import('./format-reason.ts');

test('a reason of the studio is told in Korean, with what it found', () => {
  expect(formatReason('Split at a semicolon, all rows looked at have 3 cells.')).toBe(
    '세미콜론으로 나누면 살펴본 모든 행이 3칸입니다.',
  );
  expect(formatReason('The first row holds a usual column name, “question”.')).toContain('“question”');
});

test('an unknown reason is shown as it came', () => {
  expect(formatReason('Something new.')).toBe('Something new.');
});
