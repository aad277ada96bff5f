import { furtherContext } from '../../src-contract/context-columns.ts';
import { isTextKey, t } from './text.ts';

/** What a field of a row is called; the further columns of a context are called like the first. */
export function fieldName(field: string): string {
  const key = `field.${furtherContext.includes(field) ? 'context' : field}`;
  return isTextKey(key) ? t(key) : field;
}
