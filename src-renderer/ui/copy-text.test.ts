import { afterEach, expect, test, vi } from 'vitest';
import { copyText } from './copy-text.ts';
import { Toasts } from './toasts.svelte.ts';

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

afterEach(() => vi.unstubAllGlobals());

test('a text that was copied needs no notice', async () => {
  const writeText = vi.fn(async () => {});
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  const toasts = new Toasts();
  expect(await copyText('the Danube', toasts)).toBe(true);
  expect([writeText.mock.calls, toasts.shown]).toEqual([[['the Danube']], []]);
});

// Regression: nothing happened, and what was pasted was something else.
test.each([
  ['refuses', { writeText: () => Promise.reject(new DOMException('Write permission denied.', 'NotAllowedError')) }],
  ['has none', undefined],
])('a browser that %s is told with what to do', async (_, clipboard) => {
  vi.stubGlobal('navigator', { clipboard });
  const toasts = new Toasts();
  expect(await copyText('the Danube', toasts)).toBe(false);
  expect(toasts.shown.map(({ text }) => text)).toEqual([expect.stringContaining('Select the text')]);
});
