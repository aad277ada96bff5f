import { expect, test, vi } from 'vitest';
import { languageNames } from './language-names.ts';

vi.mock('./locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The browser throws at what cards on the hub have besides codes.
test('languages are named, and what is no code stays as it is', () => {
  expect(languageNames(['ko', 'zh-Hant', 'pt-br', 'code', 'en_US', 'multilingual'])).toBe(
    'Korean, Traditional Chinese, Brazilian Portuguese, code, en_US, multilingual',
  );
});
