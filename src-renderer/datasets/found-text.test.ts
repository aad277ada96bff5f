import { expect, test, vi } from 'vitest';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

const { foundText } = await import('./found-text.ts');

test.each([
  ['SUMMARY_LONGER', 'target 1300, context 120', 'Summary: 1,300 characters, Document: 120 characters'],
  ['LENGTH_OUTLIER', 'context 1', 'Document: 1 character'],
  ['EMPTY_TEXT', 'target', 'Summary: empty'],
  ['SUMMARY_COPIED', 'the context 1', 'the context 1'],
] as const)('%s with “%s” is shown as “%s”', (code, detail, told) => {
  expect(foundText(code, detail, 'summarisation')).toBe(told);
});
