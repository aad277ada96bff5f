import { expect, test, vi } from 'vitest';
import { isolated } from './isolated.ts';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

const { t } = await import('./text.ts');

// Regression: “סיפורים” with 12 rows was shown as “12 ”סיפורים.
test('a name that runs from right to left turns nothing else in its sentence around', () => {
  expect(t('app.palette.chatWith', { name: 'סיפורים (2)' })).toBe('Chat with \u2068סיפורים (2)\u2069');
  expect(isolated('قصص')).toBe('\u2068قصص\u2069');
  expect(isolated('강 이름 (2)')).toBe('강 이름 (2)');
});

test('a name that would run over the rest of its sentence does not', () => {
  expect(isolated('invoice\u202efdp.csv')).toBe('invoicefdp.csv');
});
