import { isTextKey, t } from '../i18n/text.ts';

/** Why a row was rejected, in a few words. A code without a text is shown as it is. */
export function rejectReason(code: string): string {
  const key = `reject.${code}`;
  return isTextKey(key) ? t(key) : code;
}
