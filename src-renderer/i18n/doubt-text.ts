import type { TableDoubt } from '../../src-contract/table-doubt.ts';
import { fieldName } from './field-name.ts';
import { t } from './text.ts';

/** What makes a table bad to learn from as a whole, in the language on screen. */
export function doubtText(doubt: TableDoubt): string {
  switch (doubt.code) {
    case 'FIELDS_SWAPPED':
      return t('doubt.FIELDS_SWAPPED', { one: fieldName(doubt.one), other: fieldName(doubt.other) });
    case 'SUMMARIES_LONGER':
      return t('doubt.SUMMARIES_LONGER');
    case 'ONE_TARGET':
    case 'ONE_CONTEXT':
    case 'TARGETS_DATES':
    case 'REPEATED_TEXT':
      return t(`doubt.${doubt.code}`, { share: doubt.share, text: doubt.text });
    case 'TARGETS_COUNT':
      return t('doubt.TARGETS_COUNT', { first: doubt.first, last: doubt.last });
    case 'TARGETS_PRINTED':
    case 'TARGET_GIVEN':
      return t(`doubt.${doubt.code}`, { share: doubt.share });
    default:
      return doubt satisfies never;
  }
}
