import { locale } from '../i18n/locale.svelte.ts';

/** Names of language codes in the language on screen. */
export function languageNames(codes: readonly string[]): string {
  const names = new Intl.DisplayNames([locale.current], { type: 'language' });
  return codes.map((code) => names.of(code) ?? code).join(', ');
}
