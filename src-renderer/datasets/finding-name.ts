import { isTextKey, t } from '../i18n/text.ts';
import { rejectReason } from './reject-reason.ts';

/** What is to be looked at in a row, in a few words: by a check, or by the import that took it with a warning. */
export function findingName(code: string): string {
  const key = `finding.${code}`;
  return isTextKey(key) ? t(key) : rejectReason(code);
}
