import { expect, test, vi } from 'vitest';
import { loadingText } from './loading-text.ts';

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// Regression: the bar stood at 60 % for seconds, as if loading had stopped.
test('a base that has been read is being prepared, which cannot be counted', () => {
  expect(loadingText('Qwen', 0.25)).toEqual({ text: 'Loading Qwen, 25\u00a0%', share: 0.25 });
  for (const share of [0.598, 0.6]) {
    expect(loadingText('Qwen', share)).toEqual({ text: 'Preparing Qwen', share: undefined });
  }
});
