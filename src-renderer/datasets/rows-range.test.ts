import { expect, test, vi } from 'vitest';
import { rowsRange } from './rows-range.ts';

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

test.each([
  ['n<1K', 'fewer than 1,000 rows'],
  ['10K<n<100K', '10,000 to 100,000 rows'],
  ['100M<n<1B', '100\u00a0M to 1\u00a0B rows'],
  ['n>1T', 'more than 1,000\u00a0B rows'],
  ['unknown', 'unknown'],
])('%s is told as %s', (range, told) => {
  expect(rowsRange(range)).toBe(told);
});
