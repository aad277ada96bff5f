import { locale } from '../i18n/locale.svelte.ts';

/** Language codes as they are called where the person reads. */
export function languageNames(codes: readonly string[]): string {
  const names = new Intl.DisplayNames([locale.current], { type: 'language' });
  return codes.map((code) => names.of(code) ?? code).join(', ');
}
