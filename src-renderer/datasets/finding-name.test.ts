import { expect, test, vi } from 'vitest';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

const { findingName } = await import('./finding-name.ts');

// Regression: rows that were imported with a warning showed its code, such as ROW_FORMULA.
test('findings of a check and warnings of the import have names', () => {
  expect(findingName('PLACEHOLDER')).toBe('Placeholder as target');
  expect(findingName('ROW_FORMULA')).toBe('Starts like a formula');
});
