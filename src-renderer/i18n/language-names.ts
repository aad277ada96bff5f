import { locale } from './locale.svelte.ts';

/** Names of language codes in the language on screen; what is no code, as cards on the hub may have it, stays as it is. */
export function languageNames(codes: readonly string[]): string {
  const names = new Intl.DisplayNames([locale.current], { type: 'language' });
  return codes.map((code) => (isCode.test(code) ? names.of(code) : undefined) ?? code).join(', ');
}

/** Others are an error: ECMA-402, `Intl.DisplayNames.prototype.of`. */
const isCode = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/i;
