import { expect, test, vi } from 'vitest';
import { languageNames } from './language-names.ts';

vi.mock('./locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// Regression: what cards have besides codes was an error, and nothing was shown of the model.
test('languages are named, and what is no code stays as it is', () => {
  expect(languageNames(['ko', 'zh-Hant', 'pt-BR', 'code', 'en_US', 'multilingual'])).toBe(
    'Korean, Traditional Chinese, Brazilian Portuguese, code, en_US, multilingual',
  );
});
