import { t } from '../i18n/text.ts';
import type { Toasts } from './toasts.svelte.ts';

/** Puts a text on the clipboard. If the browser or the system refuses, says so and what to do instead. */
export async function copyText(text: string, toasts: Toasts): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toasts.say(t('ui.copy.refused'));
    return false;
  }
}
