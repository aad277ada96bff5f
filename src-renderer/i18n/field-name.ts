import { joinedBy } from '../../src-contract/column-groups.ts';
import { isTextKey, t } from './text.ts';

/** What a field of a row is called; the further columns of a context or a target are called like the first. */
export function fieldName(field: string): string {
  const key = `field.${joinedBy(field) ?? field}`;
  return isTextKey(key) ? t(key) : field;
}
